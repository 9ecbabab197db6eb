// @ts-check

/**
 * Which rooms of the house may import which, types included (docs/design.md, "Parts"). What stands in no list is refused.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const MAY_IMPORT = {
  'payin/': [],
  'lesspay/': [],
  'records/': ['payin/'],
  'merchant/': ['payin/'],
  'codec/': [],
  'traces/': ['workflows/'],
  'reconciliation/': ['payin/', 'lesspay/', 'records/'],
  // Of the last three, types alone: .oxlintrc.json sees to it.
  'workflows/': ['payin/', 'lesspay/', 'records/', 'merchant/'],
  'client/': ['payin/', 'lesspay/', 'workflows/', 'codec/', 'temporal.config.ts'],
  'activities/': ['payin/', 'lesspay/', 'records/', 'merchant/', 'reconciliation/', 'workflows/', 'client/'],
  'worker/': [
    'payin/',
    'lesspay/',
    'records/',
    'merchant/',
    'workflows/',
    'activities/',
    'codec/',
    'traces/',
    'settings',
    'temporal.config.ts',
  ],
  'api/': [
    'payin/',
    'lesspay/',
    'records/',
    'workflows/',
    'client/',
    'codec/',
    'traces/',
    'settings',
    'temporal.config.ts',
  ],
  'sandbox/': ['lesspay/'],
  'devstack/': [
    'records/',
    'client/',
    'worker/',
    'api/',
    'sandbox/',
    'codec/',
    'traces/',
    'settings',
    'temporal.config.ts',
  ],
  'scripts/': [
    'payin/',
    'lesspay/',
    'records/',
    'workflows/',
    'client/',
    'codec/',
    'devstack/',
    'settings',
    'temporal.config.ts',
  ],
  'notifications/': [],
  'examples/': ['client/index.ts', 'notifications/'],
  settings: ['merchant/', 'lesspay/', 'codec/'],
  'temporal.config.ts': ['workflows/', 'codec/', 'settings'],
};

/** Which packages a room may not import. */
const NO_PACKAGES = {
  // Node's own modules too: these two rooms are pure, or run in Temporal's sandbox.
  'payin/': '.',
  'workflows/': '^(?!node_modules/@temporalio/(workflow|common)/)',
  'lesspay/': '@temporalio/|/express/',
  'records/': '@temporalio/|/express/',
  'merchant/': '@temporalio/|/express/',
  'reconciliation/': '@temporalio/|/express/',
  'sandbox/': '@temporalio/',
  'notifications/': '@temporalio/|/express/',
};

const escaped = (/** @type {string} */ path) => path.replaceAll('.', '\\.');
const anyOf = (/** @type {readonly string[]} */ paths) => `^(${paths.map(escaped).join('|')})`;
const HOUSE = [...Object.keys(MAY_IMPORT), 'test/', 'bench/'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no import circle', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(MAY_IMPORT).map(([room, others]) => ({
      name: `${room} imports ${others.length === 0 ? 'nothing' : `only ${others.join(', ')}`} of the project`,
      severity: /** @type {const} */ ('error'),
      from: { path: anyOf([room]) },
      to: { path: anyOf(HOUSE), pathNot: anyOf([room, ...others]) },
    })),
    ...Object.entries(NO_PACKAGES).map(([room, packages]) => ({
      name: `${room} imports no such package`,
      severity: /** @type {const} */ ('error'),
      from: { path: anyOf([room]) },
      to: { path: packages, pathNot: anyOf(HOUSE) },
    })),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.cache|\\.data)/' },
  },
};

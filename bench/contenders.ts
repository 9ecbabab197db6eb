/** What is compared (docs/bench.md). */

export const CONTENDER_NAMES = [
  'ours',
  'ours-records',
  'textbook',
  'textbook-records',
  'floor',
  'dbos',
  'restate',
  'polling',
] as const;
export type ContenderName = (typeof CONTENDER_NAMES)[number];

export interface Contender {
  /** Whose programs run. */
  readonly programs: 'ours' | 'textbook' | 'floor' | 'dbos' | 'restate' | 'polling';
  /** Is the merchant notified? */
  readonly notifies: boolean;
}

export const CONTENDERS: Readonly<Record<ContenderName, Contender>> = {
  ours: { programs: 'ours', notifies: true },
  'ours-records': { programs: 'ours', notifies: false },
  textbook: { programs: 'textbook', notifies: true },
  'textbook-records': { programs: 'textbook', notifies: false },
  floor: { programs: 'floor', notifies: false },
  dbos: { programs: 'dbos', notifies: true },
  restate: { programs: 'restate', notifies: true },
  polling: { programs: 'polling', notifies: true },
};

export interface Programs {
  /** What keeps the state, where it is not PostgreSQL alone. */
  readonly engine?: 'temporal' | 'restate';
  /** Compiled files. The floor has no API, and some peers are one process. */
  readonly worker?: string;
  readonly api?: string;
  /** Are packages needed that the product does not have (`bench/peers/`)? */
  readonly installed?: boolean;
}

const PEERS = 'dist/bench/peers';

export const PROGRAMS: Readonly<Record<Contender['programs'], Programs>> = {
  ours: { engine: 'temporal', worker: 'dist/worker/main.js', api: 'dist/api/main.js' },
  textbook: { engine: 'temporal', worker: 'dist/bench/textbook/worker.js', api: 'dist/bench/textbook/api.js' },
  floor: { engine: 'temporal', worker: 'dist/bench/floor/worker.js' },
  dbos: { api: `${PEERS}/dbos/main.js`, installed: true },
  restate: { engine: 'restate', worker: `${PEERS}/restate/worker.js`, api: `${PEERS}/restate/api.js`, installed: true },
  polling: { api: `${PEERS}/polling/main.js` },
};

/** Which are divided by which. */
export const COMPARED: readonly (readonly [ContenderName, ContenderName])[] = [
  ['ours', 'textbook'],
  ['ours-records', 'textbook-records'],
  ['ours', 'floor'],
  ['ours-records', 'floor'],
  ['ours', 'dbos'],
  ['ours', 'restate'],
  ['ours', 'polling'],
];

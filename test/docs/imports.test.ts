import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

/** That no rule of `.dependency-cruiser.js` is empty words: `npm run lint` holds the project to them. */

const ROOT = resolve(__dirname, '../..');
const report = z.object({
  summary: z.object({ violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })) }),
});
const config: unknown = require('../../.dependency-cruiser.js');
const rules = z.object({ forbidden: z.array(z.object({ name: z.string() })) }).parse(config).forbidden;

let house: string;
beforeEach(() => (house = mkdtempSync(join(tmpdir(), 'house-'))));
afterEach(() => rmSync(house, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), text);
}

/** The names of the rules that the files in `house` break. */
function broken(): Set<string> {
  const cli = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cli, '--config', join(ROOT, '.dependency-cruiser.js'), '-T', 'json', '.'];
  const { summary } = report.parse(JSON.parse(execFileSync(process.execPath, args, { cwd: house, encoding: 'utf8' })));
  return new Set(summary.violations.map(({ rule }) => rule.name));
}

it('each rule is broken by an import of a type that it refuses', () => {
  for (const name of ['@temporalio/client', 'express']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  write('test/any.ts', 'export type Any = string;\n');
  for (const room of [
    'payin',
    'lesspay',
    'records',
    'merchant',
    'reconciliation',
    'workflows',
    'client',
    'notifications',
  ])
    write(
      `${room}/any.ts`,
      "import type { Any } from '../test/any';\nimport '@temporalio/client';\nexport type { Any };\n",
    );
  for (const room of ['activities', 'worker', 'api', 'codec', 'traces', 'sandbox', 'devstack', 'scripts', 'examples'])
    write(
      `${room}/any.ts`,
      "import type { Any } from '../test/any';\nimport '@temporalio/client';\nexport type { Any };\n",
    );
  for (const file of ['settings', 'temporal.config'])
    write(`${file}.ts`, "import type { Any } from './test/any';\nexport type { Any };\n");
  write('payin/one.ts', "import type { Two } from './two';\nexport type One = Two;\n");
  write('payin/two.ts', "import type { One } from './one';\nexport type Two = One | string;\n");
  expect([...broken()].sort()).toEqual(rules.map(({ name }) => name).sort());
});

it('and by none that it allows', () => {
  write('payin/state.ts', "export type State = 'PAID';\n");
  write('records/row.ts', "import type { State } from '../payin/state';\nexport type Row = State;\n");
  write('workflows/payin.ts', "import type { Row } from '../records/row';\nexport type Payin = Row;\n");
  expect([...broken()]).toEqual([]);
});

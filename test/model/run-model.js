'use strict';
/**
 * `npm run test:model -- --runs=N --seed=S`: tells N random stories of one pay-in each (`payin-model.test.ts`).
 * A failing one is printed with the command that tells it again: `--seed=S --path=P --runs=1`.
 */
const { spawnSync } = require('node:child_process');
const { parseArgs } = require('node:util');

const string = { type: 'string' };
const { values } = parseArgs({ options: { runs: string, seed: string, path: string } });
const env = { ...process.env };
for (const [name, value] of Object.entries({ runs: '200', ...values })) env[`MODEL_${name.toUpperCase()}`] = value;
const jest = [require.resolve('jest/bin/jest'), 'test/model/payin-model', '--runInBand'];
process.exitCode = spawnSync(process.execPath, jest, { stdio: 'inherit', env }).status ?? 1;

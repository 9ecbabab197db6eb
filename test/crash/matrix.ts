import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../devstack/project-root';
import { findTemporalCli } from '../../devstack/temporal-programs';
import { newDatabaseUrl, startPostgres } from '../machinery/postgres';
import { runCell } from './cell';
import { VICTIMS } from './launch';
import { complaint, isBroken, type Line, table } from './report';
import { STEP_NAMES } from './steps';

/**
 * `npm run test:crash -- [--payins=100] [--only=VICTIM or VICTIM/STEP]`: each victim is killed at each step of a
 * pay-in. Exit code 1 when anything is lost, doubled or left open.
 */
async function main(): Promise<void> {
  const { payins, only } = readArguments();
  const cli = await findTemporalCli(say);
  const cells = VICTIMS.flatMap((victim) => STEP_NAMES.map((step) => ({ victim, step, name: `${victim}/${step}` })));
  const chosen = cells.filter(({ victim, name }) => [undefined, victim, name].includes(only));
  if (chosen.length === 0) throw new Error(`--only: there is ${cells.map(({ name }) => `"${name}"`).join(', ')}`);
  const server = await startPostgres({ fsync: 'off' });
  const lines: Line[] = [];
  for (const { victim, step, name } of chosen) {
    const folder = join(projectRoot, '.data', 'crash', name.replaceAll(/[^a-z]/g, '-'));
    const databaseUrl = await newDatabaseUrl(server.url);
    const outcome = await runCell({ victim, step, payins, cli, databaseUrl, folder }).catch(asError);
    const line: Line = { cell: name, folder, outcome };
    lines.push(line);
    say(`${lines.length}/${chosen.length}  ${name}: ${isBroken(line) ? 'BROKEN' : 'ok'}`);
    if (!isBroken(line)) await rm(folder, { recursive: true });
  }
  await server.stop();
  say(`\n${table(lines)}\n`);
  const broken = lines.filter(isBroken);
  for (const line of broken) say(complaint(line, cli));
  say(broken.length === 0 ? 'Nothing lost, none doubled.' : `${broken.length} of ${lines.length} cells are broken.`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

function readArguments(): { payins: number; only: string | undefined } {
  const { values } = parseArgs({ options: { payins: { type: 'string', default: '100' }, only: { type: 'string' } } });
  const payins = Number(values.payins);
  if (!Number.isInteger(payins) || payins < 1 || payins > 100)
    // A worker has 100 slots for activities: more could not be at one step together.
    throw new Error('--payins: must be a number from 1 to 100');
  return { payins, only: values.only };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

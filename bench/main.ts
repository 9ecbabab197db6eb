import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../devstack/project-root';
import { findTemporalCli } from '../devstack/temporal-programs';
import { ask, isPostgresInstalled, startPostgres } from '../test/machinery/postgres';
import { bundle } from './bundle';
import { CONTENDERS, PROGRAMS } from './contenders';
import { installPeers } from './install-peers';
import { latencyPlot } from './latency-plot';
import { readOptions } from './options';
import { summary, tables } from './report';
import { type Round, runRound } from './round';

/** `npm run bench`: what a pay-in costs, next to other ways of writing one (docs/bench.md). */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!existsSync('/proc/self/stat')) throw new Error('The bench reads CPU times from /proc: it runs on Linux alone.');
  if (!isPostgresInstalled()) throw new Error('The bench needs PostgreSQL 15, as Debian installs it.');
  const cli = await findTemporalCli(console.log);
  if (options.contenders.some((name) => PROGRAMS[CONTENDERS[name].programs].installed)) installPeers();
  await Promise.all([bundle('textbook'), bundle('floor')]);
  const server = await startPostgres({ track_commit_timestamp: 'on' });
  const rounds: Round[] = [];
  try {
    const postgres = { url: server.url, pid: await pidOf(server.url) };
    for (let number = 1; number <= options.rounds; number += 1) {
      // There and back, so that a machine that grows slower is no contender's advantage.
      const contenders = number % 2 === 1 ? options.contenders : options.contenders.toReversed();
      for (const contender of contenders) {
        const round = await runRound(contender, { options, cli, postgres });
        rounds.push(round);
        const rate = (round.closed.payins.length / round.closed.seconds).toFixed(1);
        console.log(`round ${number} of ${options.rounds}, ${contender}: ${rate} pay-ins/s in the closed loop`);
      }
    }
  } finally {
    await server.stop();
  }
  const result = summary(rounds);
  console.log(`\n${tables(rounds, result)}\n`);
  const at = new Date().toISOString();
  const file = options.out ?? join(projectRoot, '.data', 'bench', `${at.replaceAll(/[:.]/g, '-')}.json`);
  await mkdir(dirname(file), { recursive: true });
  const machine = { cpus: cpus().map(({ model }) => model), memory_bytes: totalmem(), node: process.version };
  await writeFile(file, `${JSON.stringify({ at, options, machine, postgres: server.version, ...result, rounds })}\n`);
  console.log(`All figures, of each round and pay-in: ${file}`);
  if (options.arrivals === 0 || options.rates.length < 2) return;
  const plotFile = `${file.replace(/\.json$/, '')}.svg`;
  await writeFile(plotFile, latencyPlot(result, options.rates));
  console.log(`Latency against rate: ${plotFile}`);
}

/** Of the server that all its processes are children of. */
async function pidOf(url: string): Promise<number> {
  const [row] = await ask(url, 'show data_directory');
  const [pid] = (await readFile(join(String(row?.['data_directory']), 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

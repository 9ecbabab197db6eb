import { writeFile } from 'node:fs/promises';
import { CONTENDERS, PROGRAMS } from './contenders';
import { openBench } from './ground';
import { installPeers } from './install-peers';
import { latencyPlot } from './latency-plot';
import { readOptions } from './options';
import { shortTable, summary, tables } from './report';
import { type Round, runRound } from './round';
import { saveResult } from './save-result';

/** `npm run bench`: what a pay-in costs, next to other ways of writing one (docs/bench.md). */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.contenders.some((name) => PROGRAMS[CONTENDERS[name].programs].installed)) installPeers();
  const bench = await openBench();
  const rounds: Round[] = [];
  try {
    for (let number = 1; number <= options.rounds; number += 1) {
      // There and back, so that a machine that grows slower is no contender's advantage.
      const contenders = number % 2 === 1 ? options.contenders : options.contenders.toReversed();
      for (const contender of contenders) {
        const round = await runRound(contender, options, bench);
        rounds.push(round);
        const rate = (round.closed.payins.length / round.closed.seconds).toFixed(1);
        console.log(`round ${number} of ${options.rounds}, ${contender}: ${rate} pay-ins/s in the closed loop`);
      }
    }
  } finally {
    await bench.close();
  }
  const result = summary(rounds);
  console.log(`\n${shortTable(rounds, result)}\n\n${tables(rounds, result)}\n`);
  const file = await saveResult(options.out, { options, postgres: bench.postgres.version, ...result, rounds });
  if (options.arrivals === 0 || options.rates.length < 2) return;
  const plotFile = `${file.replace(/\.json$/, '')}.svg`;
  await writeFile(plotFile, latencyPlot(result, options.rates));
  console.log(`Latency against rate: ${plotFile}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Victim } from './launch';
import { pay, startPayin, webhooksSent } from './merchant';
import { StackProcesses } from './stack-processes';
import { type StepName, STEPS } from './steps';
import { type Stock, takeStock } from './stock';

/** One victim, killed while many pay-ins are at one step. */
export interface Cell {
  readonly victim: Victim;
  readonly step: StepName;
  readonly payins: number;
  /** The Temporal CLI's path. */
  readonly cli: string;
  /** Of an empty database. */
  readonly databaseUrl: string;
  /** Emptied; then the data and the logs of the cell's stack are there. */
  readonly folder: string;
}

/** What became of a cell's pay-ins. */
export interface CellResult extends Stock {
  /** How many were at the step when the victim died. */
  readonly caught: number;
  /** Webhooks sent again, because nobody had acknowledged them. */
  readonly redelivered: number;
  readonly seconds: number;
}

/** How long the victim stays dead, ms. */
const DEAD_MS = 1_000;

/**
 * Starts the pay-ins all at once, kills the victim when they are at the step, starts it again, lets every payer pay,
 * and takes stock when all has ended. Its stack is its own.
 * @throws Error when a part of the stack does not start
 */
export async function runCell({ victim, step, payins, cli, databaseUrl, folder }: Cell): Promise<CellResult> {
  const began = performance.now();
  await rm(folder, { recursive: true, force: true });
  const request_ids = Array.from({ length: payins }, (_none, index) => `crash-${String(index + 1).padStart(3, '0')}`);
  const stack = await StackProcesses.start({ cli, databaseUrl, folder });
  try {
    const startAll = () => Promise.all(request_ids.map((id) => startPayin(stack.apiUrl, id)));
    const payAll = () => Promise.all(request_ids.map((id) => pay(stack.sandboxUrl, id)));
    const starting = STEPS[step].reachedBy === 'starting';
    const started = starting ? undefined : await startAll();
    STEPS[step].hold(stack);
    const [acted, struck] = await Promise.all([
      starting ? startAll() : payAll(),
      strike(stack, victim, () => STEPS[step].caught(stack, request_ids)),
    ]);
    if (starting) await payAll();
    const stock = await takeStock(stack, databaseUrl, request_ids, started ?? acted);
    const sent = struck.webhooksSentBefore + (await webhooksSent(stack.sandboxUrl));
    return {
      ...stock,
      caught: struck.caught,
      redelivered: Math.max(sent - payins, 0),
      seconds: Math.round((performance.now() - began) / 1_000),
      problems: [...stock.problems, ...(struck.caught * 2 < payins ? [`only ${struck.caught} were at the step`] : [])],
    };
  } finally {
    await stack.stop();
  }
}

async function strike(stack: StackProcesses, victim: Victim, reached: () => Promise<number>) {
  const caught = await reached();
  // The sandbox forgets what it has counted.
  const webhooksSentBefore = victim === 'sandbox' ? await webhooksSent(stack.sandboxUrl) : 0;
  await stack.kill(victim);
  await sleep(DEAD_MS);
  stack.release();
  await stack.startAgain(victim);
  return { caught, webhooksSentBefore };
}

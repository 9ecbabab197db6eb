import { setTimeout as sleep } from 'node:timers/promises';
import { serveApi } from '../../duties/api';
import { isOutcome, type Payin } from '../../duties/payin';
import { openSteps } from '../../duties/steps';
import { openDuePayins } from './due-payins';

/** How often the job looks for pay-ins that are due, ms. */
const INTERVAL_MS = 1_000;

/** Serves the API and runs the job, in one process: no engine, two tables. */
async function main(): Promise<void> {
  const { steps, database } = await openSteps();
  const due = await openDuePayins(database);
  const ends = new Map<string, (payin: Payin) => void>();
  const outcomes = new Map<string, Promise<Payin>>();

  /** Asks Lesspay, and does what follows from its answer. After a failure the job tries it again a minute later. */
  async function settle(request_id: string): Promise<void> {
    const taken = await due.take(request_id);
    if (!taken) return;
    const payin = { ...taken.payin, status: await steps.queryStatus(request_id, taken.ordered_at) };
    if (!isOutcome(payin)) return;
    await steps.saveRecord(payin);
    await steps.notify(payin);
    await due.remove(request_id);
    ends.get(request_id)?.(payin);
  }
  const settleLater = (request_id: string) => {
    settle(request_id).catch((error: unknown) => console.error(request_id, error));
  };

  serveApi({
    async start(request) {
      await due.add(request.request_id);
      const payin = await steps.createOrder(request);
      await steps.saveRecord(payin);
      outcomes.set(request.request_id, new Promise((resolve) => ends.set(request.request_id, resolve)));
      return payin;
    },
    async hint(request_id) {
      await due.hasten(request_id);
      settleLater(request_id);
    },
    async outcome(request_id) {
      const ended = outcomes.get(request_id);
      if (ended) return ended;
      throw new Error(`${request_id} was not started here`);
    },
  });
  for (; ; await sleep(INTERVAL_MS)) for (const request_id of await due.list()) settleLater(request_id);
}

void main();

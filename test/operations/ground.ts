import { setTimeout as pause } from 'node:timers/promises';
import { checkoutWithStart } from '../../client/update-with-start';
import { wakePayin } from '../../client/signal-payin';
import type { FaultInput } from '../../sandbox/faults';
import { DEFAULT_POLL_SCHEDULE } from '../../payin/poll-schedule';
import { acknowledgeUpdate, checkoutUpdate, stateQuery } from '../../workflows/payin/messages';
import type { PayinState } from '../../payin/view';
import { HoldingProxy } from '../crash/holding-proxy';
import { ownPort } from '../machinery/own-ports';
import { type PayinRig, requestOf, startRig } from '../machinery/payin-rig';
import { WorkerProcess } from './worker-process';

/** So long what is bound to come is waited for, ms. */
const PATIENCE_MS = 90_000;
/** A look at a run must not wait for one that can't answer, ms. */
const QUERY_MS = 2_000;

/** The whole product, its worker in a process of its own; and what the world around it does. */
export class Ground {
  private constructor(
    readonly rig: PayinRig,
    readonly worker: WorkerProcess,
    /** Between the worker and its order records. */
    readonly database: HoldingProxy,
  ) {}

  /** @throws Error without a PostgreSQL: PGlite belongs to one process */
  static async start(): Promise<Ground> {
    const rig = await startRig();
    await rig.stopWorker();
    if (rig.databaseUrl === undefined) throw new Error('it takes a PostgreSQL');
    const url = new URL(rig.databaseUrl);
    const database = new HoldingProxy(await ownPort(), Number(url.port));
    await database.open();
    url.port = String(database.port);
    const worker = new WorkerProcess(rig, url.href);
    await worker.start();
    return new Ground(rig, worker, database);
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    this.database.close();
    await this.rig.close();
  }

  /** Starts a pay-in, and waits for no checkout page. */
  async startPayin(request_id: string, first_ms = DEFAULT_POLL_SCHEDULE.first_ms): Promise<void> {
    const start = checkoutWithStart(requestOf(request_id), { ...DEFAULT_POLL_SCHEDULE, first_ms });
    void this.rig.client.workflow.executeUpdateWithStart(checkoutUpdate, start).catch(() => undefined);
    const runs = () => this.rig.handle(request_id).describe();
    if (!(await until(runs))) throw new Error(`${request_id} does not start`);
  }

  fault(fault: FaultInput): string {
    return this.rig.sandbox.faults.add(fault).id;
  }

  hasOrder(request_id: string): boolean {
    return this.rig.sandbox.calls(request_id).orders_created > 0;
  }

  /** The payer pays, once. */
  pay(request_id: string): void {
    if (this.rig.sandbox.orders.get(request_id).status === 'PENDING_PAY')
      this.rig.sandbox.orders.act(request_id, 'pay');
  }

  wake(request_id: string): Promise<unknown> {
    return wakePayin(this.rig.client, request_id, { who: 'mia', why: 'a test' });
  }

  /** @returns undefined where its run can't say now */
  async state(request_id: string): Promise<PayinState | undefined> {
    const { client } = this.rig;
    try {
      return await client.withDeadline(Date.now() + QUERY_MS, () => this.rig.handle(request_id).query(stateQuery));
    } catch {
      return undefined;
    }
  }

  /** Deals with whatever alert of these is open. */
  async acknowledge(request_id: string, codes: readonly string[]): Promise<void> {
    if (codes.length === 0) return;
    const state = await this.state(request_id);
    const code = codes.find((one) => state?.alerts.some((alert) => alert.code === one && !alert.acknowledged_at));
    if (code === undefined) return;
    const { client } = this.rig;
    const note = { who: 'mia', why: 'a test', code };
    const act = () => this.rig.handle(request_id).executeUpdate(acknowledgeUpdate, { args: [note] });
    // Somebody else may have been quicker, or the run is not to be spoken to now.
    await client.withDeadline(Date.now() + QUERY_MS, act).catch(() => undefined);
  }
}

/** @returns whether it came to hold, in time and before it was given up; what it throws means not yet */
export async function until(
  holds: () => unknown,
  { ms = PATIENCE_MS, enough }: { readonly ms?: number; readonly enough?: AbortSignal } = {},
): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(100))
    try {
      if (enough?.aborted) return false;
      if (await holds()) return true;
    } catch {
      // Not yet.
    }
  return false;
}

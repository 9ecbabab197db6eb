import { setTimeout as breathe } from 'node:timers/promises';
import { ApplicationFailure, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { wakePayin } from '../../client/signal-payin';
import { createLesspayClient } from '../../lesspay/client';
import { webhookSignature } from '../../lesspay/signature';
import { SandboxError } from '../../sandbox/errors';
import { APP, requestOf, type Answered, type TimeSkippingRig } from '../machinery/payin-rig';
import type { PayinEvent } from './events';
import { newReference, type Reference } from './reference';
import { lastRun } from './run-histories';
import type { WorkerDeaths } from './worker-deaths';

/** Weeks pass in less than this, ms of real time, unless the server's clock is locked for nothing. */
const STUCK_MS = 6_000;

/** One pay-in, and what comes of the events of its story: in the real system, and in the reference. */
export class ToldPayin {
  readonly reference: Reference;
  readonly runIds = new Set<string>();
  readonly posts: { readonly content: 'same' | 'other'; readonly answered: Answered }[] = [];
  /** What should not have happened, in words. */
  readonly surprises: string[] = [];
  /** What was begun and not waited for. */
  private readonly begun: Promise<void>[] = [];
  private said = 0;

  constructor(
    readonly rig: TimeSkippingRig,
    readonly request_id: string,
    private readonly deaths: WorkerDeaths,
    private readonly databaseDeaths: WorkerDeaths,
  ) {
    this.reference = newReference(request_id);
  }

  async tell(event: PayinEvent): Promise<void> {
    const { rig, request_id, reference } = this;
    const handle = rig.handle(request_id);
    switch (event.on) {
      case 'post':
        this.begin(this.post(event.content));
        // Mostly long enough for an answer.
        return breathe(60);
      case 'get':
        return this.get();
      case 'order':
        return this.atLesspay(() => rig.sandbox.orders.act(request_id, event.action, event));
      case 'report':
        return this.atLesspay(() => rig.sandbox.orders.report(request_id, event.event));
      case 'stranger':
        return this.strangerOrders(event.amount);
      case 'fault':
        return this.spoil(event);
      case 'lag':
        return void rig.sandbox.settings.change({ query_lag_ms: event.ms });
      case 'webhook':
        return this.webhook(event);
      case 'signal':
        return this.ifItRuns(() => handle.signal(event.name, ...event.args));
      case 'update':
        return this.begin(this.update(event));
      case 'wake':
        await wakePayin(rig.client, request_id, this.note(), { unknownToo: true });
        return;
      case 'cancel':
        reference.stopped = true;
        return this.ifItRuns(() => handle.cancel());
      case 'terminate':
        reference.terminated = true;
        return this.ifItRuns(async () => {
          await rig.quiet(request_id);
          await this.lookAtRuns();
          await handle.terminate('a test says so');
        });
      case 'worker':
        this.deaths.add(request_id, event.dies);
        return;
      case 'database':
        this.databaseDeaths.add(request_id, event.dies, event.times);
        return;
      case 'endpoint':
        rig.sandbox.faults.add({ on: 'notification', request_id, ...event.fails, times: event.times });
        return;
      case 'pass':
        return this.pass(event.seconds);
      case 'breathe':
        return breathe(event.ms);
    }
  }

  async pass(seconds: number): Promise<void> {
    await this.lookAtRuns();
    const stuck = setInterval(() => void this.rig.freeTime(), STUCK_MS);
    try {
      await this.rig.pass(seconds * 1_000);
    } finally {
      clearInterval(stuck);
    }
  }

  /** What was begun comes to its end. */
  async listenToTheEnd(): Promise<void> {
    await Promise.all(this.begun.splice(0));
  }

  /** No worker dies any more, nor the database. */
  calm(): void {
    this.deaths.clear(this.request_id);
    this.databaseDeaths.clear(this.request_id);
  }

  async lookAtRuns() {
    const run = await lastRun(this.rig, this.request_id);
    if (run) this.runIds.add(run.runId);
    return run;
  }

  note(): { who: string; why: string } {
    this.said += 1;
    return { who: 'ops', why: `reason ${this.said}` };
  }

  private begin(task: Promise<void>): void {
    this.begun.push(task.catch((error: unknown) => void this.surprises.push(`unexpected: ${String(error)}`)));
  }

  private async post(content: 'same' | 'other'): Promise<void> {
    const request = { ...requestOf(this.request_id), expires_in: 900 };
    const answered = await this.rig.post(content === 'same' ? request : { ...request, amount: '100.01' });
    this.posts.push({ content, answered });
    if (answered.status >= 500)
      this.surprises.push(`POST answered ${answered.status} ${JSON.stringify(answered.body)}`);
  }

  private async get(): Promise<void> {
    const { status, body } = await this.rig.get(this.request_id);
    if (![200, 404, 503].includes(status)) this.surprises.push(`GET answered ${status} ${JSON.stringify(body)}`);
  }

  /** Lesspay refuses what makes no sense there. */
  private atLesspay(act: () => unknown): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
    }
  }

  private async strangerOrders(amount: string): Promise<void> {
    const { rig, request_id } = this;
    if (rig.sandbox.calls(request_id).orders_created > 0) return;
    this.reference.stranger = true;
    const { amount: _ours, currency, ...same } = requestOf(request_id);
    const lesspay = createLesspayClient({ baseUrl: rig.sandbox.url, appId: APP.appId, secret: APP.appSecret });
    const order = { ...same, target_amount: amount, target_currency: currency, expired_time: 900 };
    try {
      await lesspay.createOrder({ ...order, notify_url: `${rig.apiUrl}/webhooks/lesspay` });
    } catch {
      // Spoiled by a fault of the story.
    }
  }

  private spoil({ fault }: Extract<PayinEvent, { on: 'fault' }>): void {
    this.rig.sandbox.faults.add({ ...fault, request_id: this.request_id });
    if (fault.on === 'webhook' && fault.lose) this.reference.webhooksLost = true;
    if (fault.on === 'create' && fault.code === 1201) this.reference.takenLied = true;
    if (fault.on !== 'query') return;
    if (fault.status !== undefined || fault.hide) this.reference.statusLied = true;
    if (fault.amount !== undefined || fault.currency !== undefined) this.reference.amountLied = true;
    if (fault.row_request_id !== undefined || fault.row_pay_order_id !== undefined) this.reference.idLied = true;
  }

  private async webhook({
    status,
    version,
    flaw,
    copies,
    ...more
  }: Extract<PayinEvent, { on: 'webhook' }>): Promise<void> {
    const { amount, event } = more;
    const { rig, request_id } = this;
    const pay_order_id =
      flaw === 'other_order' || rig.sandbox.calls(request_id).orders_created === 0
        ? 'P1111111111111111111'
        : rig.sandbox.orders.get(request_id).pay_order_id;
    const claim = { request_id, pay_order_id, order_status: status, target_amount: amount, event };
    const body = JSON.stringify({ ...claim, api_version: version });
    const signature = flaw === 'forged' ? 'F'.repeat(64) : webhookSignature(body, APP.appSecret);
    const headers = { 'content-type': 'application/json', 'x-auth-signature': signature };
    const send = async () => {
      let answered = 503;
      // Like Lesspay, again and again.
      for (let attempt = 0; answered === 503 && attempt < 3; attempt += 1)
        answered = (await fetch(`${rig.apiUrl}/webhooks/lesspay`, { method: 'POST', headers, body })).status;
      if (answered !== (flaw === 'forged' ? 401 : 200))
        this.surprises.push(`a webhook (${flaw}) was answered ${answered}`);
    };
    await Promise.all(Array.from({ length: copies }, send));
  }

  private async update({ name, note }: Extract<PayinEvent, { on: 'update' }>): Promise<void> {
    const { reference } = this;
    const { why } = this.note();
    if (name === 'stopWatching') reference.stopped = true;
    if (name === 'adopt') reference.adoptAsked = true;
    if (name === 'resolve') reference.resolveAsked.add(note['status'] ?? '');
    try {
      await this.rig.client.withDeadline(Date.now() + 30_000, () =>
        this.rig.handle(this.request_id).executeUpdate(name, { args: [{ ...note, why }] }),
      );
      reference.done.push({ name, why });
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return;
      const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
      const refused =
        failure instanceof ApplicationFailure && ['not_possible', 'invalid_note'].includes(failure.type ?? '');
      if (!refused && !reference.terminated) this.surprises.push(`update ${name} failed: ${describe(error)}`);
    }
  }

  private async ifItRuns(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.message}: ${String(error.cause)}` : String(error);

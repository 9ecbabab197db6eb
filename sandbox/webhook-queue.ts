import type { CallCounter } from './calls';
import { sleepUntil, type SandboxClock } from './clock';
import type { Faults, WebhookFault } from './faults';
import type { PendingWebhook, SandboxOrder } from './order';
import type { OrderStore } from './order-store';
import type { Settings } from './settings';
import { webhookBody } from './webhook-body';
import { deliver, isAcknowledged, outcomeLine, signWebhook } from './webhook-delivery';

/** The delays after the first delivery, the second, and so on, ms; the last one repeats. Lesspay's schedule is not public. */
export const REDELIVERY_DELAYS_MS = [5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000] as const;

export interface WebhookQueueDeps {
  readonly store: OrderStore;
  readonly clock: SandboxClock;
  readonly lesspayClock: SandboxClock;
  readonly faults: Faults;
  readonly calls: CallCounter;
  readonly settings: Settings;
  readonly redeliveryDelaysMs: readonly number[];
  readonly closing: AbortSignal;
  readonly background: (name: string, task: () => Promise<void>) => void;
  readonly log: (line: string) => void;
}

/**
 * Delivers each order's webhooks in their order, each one until the merchant acknowledges it.
 * The queue is a part of the stored order, so undelivered webhooks survive a restart.
 */
export class WebhookQueue {
  /** The orders whose webhooks a task delivers now. */
  private readonly busy = new Set<string>();
  /** Webhooks that are sent after the next one (fault `reorder`). Not stored: after a restart they are sent in order. */
  private readonly held = new Set<string>();

  constructor(private readonly deps: WebhookQueueDeps) {}

  /** Starts the order's task, unless it is running. */
  wake({ pay_order_id }: SandboxOrder): void {
    if (this.busy.has(pay_order_id)) return;
    this.busy.add(pay_order_id);
    this.deps.background(`webhooks of ${pay_order_id}`, () => this.drain(pay_order_id));
  }

  wakeAll(): void {
    for (const order of this.deps.store.all()) if (order.webhooks.length > 0) this.wake(order);
  }

  private async drain(pay_order_id: string): Promise<void> {
    try {
      while (!this.deps.closing.aborted && (await this.step(pay_order_id)));
    } catch (error) {
      this.busy.delete(pay_order_id);
      throw error;
    }
  }

  /** @returns whether there may be more to do */
  private async step(pay_order_id: string): Promise<boolean> {
    const { store, clock, closing, faults, log } = this.deps;
    const order = store.get(pay_order_id);
    const webhook = order?.webhooks.find(({ id }) => !this.held.has(heldKey(pay_order_id, id)));
    if (!order || !webhook) {
      // Without an await since `store.get`, so that a webhook that is queued later starts a new task.
      this.busy.delete(pay_order_id);
      return false;
    }
    await sleepUntil(clock, webhook.due_at, closing);
    const fault = faults.take('webhook', order.request_id);
    if (fault?.reorder) {
      this.held.add(heldKey(pay_order_id, webhook.id));
      return true;
    }
    if (fault?.lose) {
      log(`${label(order, webhook)}: lost (fault ${fault.id})`);
      this.remove(pay_order_id, webhook);
    } else await this.attempt(order, webhook, fault);
    for (const { id } of order.webhooks) this.held.delete(heldKey(pay_order_id, id));
    return true;
  }

  private async attempt(order: SandboxOrder, webhook: PendingWebhook, fault: WebhookFault | undefined): Promise<void> {
    const { clock, closing, redeliveryDelaysMs } = this.deps;
    if (fault?.late_ms) await sleepUntil(clock, clock.now() + fault.late_ms, closing);
    const copies = Array.from({ length: fault?.double ? 2 : 1 }, () => this.send(order, webhook, fault));
    const acknowledged = (await Promise.all(copies)).some(Boolean);
    if (closing.aborted) return;
    if (acknowledged) this.remove(order.pay_order_id, webhook);
    else {
      const delay = redeliveryDelaysMs[Math.min(webhook.attempts, redeliveryDelaysMs.length - 1)] ?? 0;
      const again = { ...webhook, attempts: webhook.attempts + 1, due_at: clock.now() + delay };
      this.update(order.pay_order_id, (webhooks) => webhooks.map((other) => (other.id === webhook.id ? again : other)));
    }
  }

  private async send(order: SandboxOrder, webhook: PendingWebhook, fault: WebhookFault | undefined): Promise<boolean> {
    const { calls, lesspayClock, closing, settings, log } = this.deps;
    const bodyText = JSON.stringify(webhookBody(order, webhook, fault?.version ?? 'v2'));
    const signature = signWebhook(bodyText, settings.signingSecret, fault?.wrong_signature);
    calls.count('webhooks_sent', order.request_id);
    const delivery = { url: order.notify_url ?? '', bodyText, signature, timestamp: lesspayClock.now() };
    const result = await deliver(delivery, closing);
    if (isAcknowledged(result)) calls.count('webhooks_acknowledged', order.request_id);
    log(`${label(order, webhook)}: ${outcomeLine(result)}`);
    return isAcknowledged(result);
  }

  private remove(pay_order_id: string, webhook: PendingWebhook): void {
    this.update(pay_order_id, (webhooks) => webhooks.filter(({ id }) => id !== webhook.id));
  }

  /** Reads the order again, because it may have changed while a webhook was being sent. */
  private update(pay_order_id: string, change: (webhooks: PendingWebhook[]) => PendingWebhook[]): void {
    const order = this.deps.store.get(pay_order_id);
    if (order) this.deps.store.save({ ...order, webhooks: change(order.webhooks) });
  }
}

const label = (order: SandboxOrder, { event, status }: PendingWebhook): string =>
  `webhook ${event?.event ?? status} of ${JSON.stringify(order.request_id)}`;

const heldKey = (pay_order_id: string, id: number): string => `${pay_order_id} ${id}`;

import { randomInt } from 'node:crypto';
import { sleepUntil, type SandboxClock } from './clock';
import { SandboxError } from './errors';
import { act, expireIfDue, isPending, report, type ActionOptions, type OrderAction, type SandboxOrder } from './order';
import type { OrderEvent } from './order-event';
import type { OrderStore } from './order-store';

/** Two weeks, the longest `expires_in` that `POST /payins` takes (README.md, "REST"). */
const SEEDED_LIFETIME_MS = 14 * 24 * 3_600_000;

export type NewOrder = Omit<
  SandboxOrder,
  | 'pay_order_id'
  | 'created_at'
  | 'expires_at'
  | 'settled_at'
  | 'history'
  | 'paid_amount'
  | 'three_ds'
  | 'stores_card'
  | 'next_webhook_id'
  | 'webhooks'
>;

export interface OrderBookDeps {
  readonly store: OrderStore;
  /** Lesspay's clock. */
  readonly clock: SandboxClock;
  readonly closing: AbortSignal;
  /** Runs a task in the background, and logs its failure. */
  readonly background: (name: string, task: () => Promise<void>) => void;
  /** Called after an order with a new webhook was saved. */
  readonly onWebhookQueued: (order: SandboxOrder) => void;
  readonly log: (line: string) => void;
}

/** The orders as they are now. An unpaid order becomes `CLOSED` at the end of its lifetime, by a timer or when it is read. */
export class OrderBook {
  constructor(private readonly deps: OrderBookDeps) {}

  /** Newest first. */
  list(): SandboxOrder[] {
    const { store } = this.deps;
    return store
      .all()
      .map((order) => this.current(order))
      .reverse();
  }

  /** The ids of the orders created from `start` to `end` (epoch ms, both inclusive), oldest first. */
  idsCreatedWithin(start: number, end: number): string[] {
    return this.deps.store.idsCreatedWithin(start, end);
  }

  find(pay_order_id: string): SandboxOrder | undefined {
    const order = this.deps.store.get(pay_order_id);
    return order && this.current(order);
  }

  findByRequestId(request_id: string): SandboxOrder | undefined {
    const order = this.deps.store.getByRequestId(request_id);
    return order && this.current(order);
  }

  /** @param lifetime seconds */
  create(fields: NewOrder, lifetime: number): SandboxOrder {
    const created_at = this.deps.clock.now();
    const order = {
      ...fields,
      pay_order_id: this.freePayOrderId(),
      created_at,
      expires_at: created_at + lifetime * 1000,
      settled_at: null,
      history: [{ status: fields.status, at: created_at }],
      paid_amount: null,
      three_ds: null,
      stores_card: false,
      next_webhook_id: 1,
      webhooks: [],
    };
    this.deps.store.save(order);
    this.watch(order);
    return order;
  }

  /** Adds an order of the past, without webhooks. Without `pay_order_id` it gets a random one. */
  seed(fields: NewOrder & { readonly created_at: number; readonly pay_order_id?: string | undefined }): SandboxOrder {
    const { status, created_at, pay_order_id = this.freePayOrderId() } = fields;
    const order: SandboxOrder = {
      ...fields,
      pay_order_id,
      expires_at: created_at + SEEDED_LIFETIME_MS,
      settled_at: null,
      history: [{ status, at: created_at }],
      paid_amount: null,
      three_ds: null,
      stores_card: false,
      next_webhook_id: 1,
      webhooks: [],
    };
    const seeded = isPending(order) ? order : { ...order, settled_at: created_at };
    this.deps.store.save(seeded);
    if (isPending(seeded)) this.watch(seeded);
    return seeded;
  }

  /** @throws SandboxError `order_not_found`, or as `act` does */
  act(pay_order_id: string, action: OrderAction, options?: ActionOptions): SandboxOrder {
    const order = this.get(pay_order_id);
    return this.change(order, act(order, action, this.deps.clock.now(), options));
  }

  /** Notes what the card form says of the card. @throws SandboxError `order_not_found` */
  noteCard(pay_order_id: string, card: Partial<Pick<SandboxOrder, 'three_ds' | 'stores_card'>>): SandboxOrder {
    const order = this.get(pay_order_id);
    return this.change(order, { ...order, ...card });
  }

  /** @throws SandboxError `order_not_found`, or as `report` does */
  report(pay_order_id: string, event: OrderEvent): SandboxOrder {
    const order = this.get(pay_order_id);
    return this.change(order, report(order, event, this.deps.clock.now()));
  }

  /** Closes the order at the end of its lifetime, also when nobody reads it. */
  watch({ pay_order_id, expires_at }: SandboxOrder): void {
    const { clock, closing, background } = this.deps;
    background(`expiry of ${pay_order_id}`, async () => {
      await sleepUntil(clock, expires_at, closing);
      this.find(pay_order_id);
    });
  }

  /** Closes all unpaid orders that are past their lifetime, now. */
  expireDue(): void {
    this.list();
  }

  watchPending(): void {
    for (const order of this.list()) if (isPending(order)) this.watch(order);
  }

  private get(pay_order_id: string): SandboxOrder {
    const order = this.find(pay_order_id);
    if (order) return order;
    throw new SandboxError('order_not_found', `There is no order ${pay_order_id}. Look at GET /control/orders.`);
  }

  private current(order: SandboxOrder): SandboxOrder {
    return this.change(order, expireIfDue(order, this.deps.clock.now()));
  }

  private change(before: SandboxOrder, after: SandboxOrder): SandboxOrder {
    if (after === before) return before;
    this.deps.store.save(after);
    if (after.status !== before.status)
      this.deps.log(`order ${JSON.stringify(after.request_id)}: ${before.status} -> ${after.status}`);
    if (after.webhooks.length > before.webhooks.length) this.deps.onWebhookQueued(after);
    return after;
  }

  private freePayOrderId(): string {
    const digits = () => String(randomInt(1e9)).padStart(9, '0');
    const id = `P2${digits()}${digits()}`;
    return this.deps.store.get(id) ? this.freePayOrderId() : id;
  }
}

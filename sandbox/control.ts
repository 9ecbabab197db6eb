import { z } from 'zod';
import type { CallCounter, Calls } from './calls';
import { SandboxError } from './errors';
import type { Faults } from './faults';
import type { SandboxClock } from './clock';
import { orderStatus, sandboxOrder, type ActionOptions, type OrderAction, type SandboxOrder } from './order';
import type { OrderEvent } from './order-event';
import type { OrderBook } from './order-book';
import type { ReceivedNotification, ReceivedNotifications } from './received-notifications';
import type { Settings } from './settings';
import { webhookBody } from './webhook-body';
import { deliver, isAcknowledged, signWebhook, type DeliveryResult } from './webhook-delivery';

/** An order in the control endpoint's answers. */
export type OrderView = SandboxOrder & { readonly checkout_url: string };

export const webhookSchema = z.strictObject({
  request_id: z.string(),
  /** The target. Absent: the order's `notify_url`. */
  url: z.url().optional(),
  /** Absent: the order's current status. */
  status: orderStatus.optional(),
  version: z.enum(['v1', 'v2']).default('v2'),
  /** Members to add to the body, or to replace in it. */
  overrides: z.record(z.string(), z.unknown()).optional(),
  /** The body's exact text. Then `status`, `version` and `overrides` have no effect. */
  raw: z.string().optional(),
  /** The value of the header. `""`: no header. Absent: the correct signature. */
  signature: z.string().optional(),
});
export type CraftedWebhook = z.input<typeof webhookSchema>;

const seededOrderSchema = z.strictObject({
  request_id: z.string(),
  pay_order_id: sandboxOrder.shape.pay_order_id.optional(),
  status: orderStatus,
  /** ms since the epoch. */
  created_at: z.int(),
  target_amount: z.string().default('100.00'),
  target_currency: z.string().default('USDT'),
  product_name: z.string().default('Seeded order'),
  description: z.string().default('An order of the past'),
  success_url: z.url().default('https://shop.example/success'),
  fail_url: z.url().default('https://shop.example/fail'),
  notify_url: z.url().nullable().default(null),
  way_type: z.string().nullable().default(null),
  way_code: z.string().nullable().default(null),
});
export type SeededOrder = z.input<typeof seededOrderSchema>;

/** Controls the sandbox: the same functions in the process and over HTTP (`control-routes.ts`). */
export interface SandboxControl {
  readonly faults: Pick<Faults, 'add' | 'list' | 'remove' | 'clear'>;
  readonly orders: {
    /** Newest first. */
    list(): OrderView[];
    /**
     * Adds orders of the past, without create-order calls and without webhooks.
     * @throws ZodError that names every wrong field
     */
    seed(orders: readonly SeededOrder[]): OrderView[];
    /** @throws SandboxError `order_not_found` */
    get(request_id: string): OrderView;
    /** @throws SandboxError `order_not_found`, `order_settled`, `amount_invalid` */
    act(request_id: string, action: OrderAction, options?: ActionOptions): OrderView;
    /**
     * Sends the merchant a webhook about a dispute or a declined payment, until it is acknowledged. The status does not change.
     * @throws SandboxError `order_not_found`, `webhook_invalid`
     */
    report(request_id: string, event: OrderEvent): OrderView;
  };
  readonly webhooks: {
    /**
     * Sends one webhook of an order once, in any status of the order.
     * @returns the answer
     * @throws SandboxError `order_not_found`, `webhook_invalid`
     */
    send(webhook: CraftedWebhook): Promise<DeliveryResult>;
  };
  readonly settings: Pick<Settings, 'get' | 'change'>;
  readonly merchant: {
    /** The notifications to the merchant, of all pay-ins or of one, oldest first. */
    received(request_id?: string): readonly ReceivedNotification[];
  };
  /** The counters, of all orders or of one `request_id`. */
  calls(request_id?: string): Calls;
}

export interface ControlDeps {
  readonly faults: Faults;
  readonly book: OrderBook;
  readonly calls: CallCounter;
  /** Lesspay's clock. */
  readonly clock: SandboxClock;
  readonly closing: AbortSignal;
  readonly settings: Settings;
  readonly notifications: ReceivedNotifications;
  readonly checkoutUrl: (pay_order_id: string) => string;
}

export function createControl(deps: ControlDeps): SandboxControl {
  const { faults, book, calls, settings, notifications, checkoutUrl } = deps;
  const view = (order: SandboxOrder): OrderView => ({ ...order, checkout_url: checkoutUrl(order.pay_order_id) });
  const get = (request_id: string): OrderView => {
    const order = book.findByRequestId(request_id);
    if (!order)
      throw new SandboxError('order_not_found', `There is no order ${JSON.stringify(request_id)}. Create it first.`);
    return view(order);
  };
  return {
    faults,
    orders: {
      list: () => book.list().map(view),
      seed: (orders) =>
        z
          .array(seededOrderSchema)
          .parse(orders)
          .map((order) => view(book.seed(order))),
      get,
      act: (request_id, action, options) => view(book.act(get(request_id).pay_order_id, action, options)),
      report: (request_id, event) => view(book.report(get(request_id).pay_order_id, event)),
    },
    webhooks: { send: (webhook) => sendCrafted(webhookSchema.parse(webhook), get(webhook.request_id), deps) },
    settings: {
      get: () => settings.get(),
      change: (changes) => {
        const changed = settings.change(changes);
        // Lesspay's clock may have been set forward.
        book.expireDue();
        return changed;
      },
    },
    merchant: { received: (request_id) => notifications.list(request_id) },
    calls: (request_id) => calls.read(request_id),
  };
}

async function sendCrafted(
  { url, status, version, overrides, raw, signature, request_id }: z.output<typeof webhookSchema>,
  order: OrderView,
  { calls, clock, settings, closing }: ControlDeps,
): Promise<DeliveryResult> {
  const target = url ?? order.notify_url;
  if (target === null) throw new SandboxError('webhook_invalid', 'The order has no notify_url: add "url".');
  const body = webhookBody(order, { status: status ?? order.status, at: order.settled_at ?? clock.now() }, version);
  const bodyText = raw ?? JSON.stringify({ ...body, ...overrides });
  calls.count('webhooks_sent', request_id);
  const delivery = {
    url: target,
    bodyText,
    signature: signature ?? sign(bodyText, settings.signingSecret),
    timestamp: clock.now(),
  };
  const result = await deliver(delivery, closing);
  if (isAcknowledged(result)) calls.count('webhooks_acknowledged', request_id);
  return result;
}

function sign(bodyText: string, secret: string): string {
  try {
    return signWebhook(bodyText, secret);
  } catch (cause) {
    throw new SandboxError('webhook_invalid', 'A body that is not a JSON object can’t be signed: add "signature".', {
      cause,
    });
  }
}

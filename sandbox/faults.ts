import { z } from 'zod';
import { SandboxError } from './errors';

const delay = z.int().min(0).max(600_000);
const common = {
  /** Only calls that name this order; absent: any call. */
  request_id: z.string().optional(),
  /** The number of calls that it affects. `null` or 0: all calls, until it is removed. */
  times: z
    .int()
    .min(0)
    .nullable()
    .default(1)
    .transform((times) => (times === 0 ? null : times)),
};

const answer = {
  /** Delay before the call is handled, in ms of real time, like the caller's time-outs. */
  delay_ms: delay.optional(),
  /** Delay between the effect and the answer, in ms of real time. */
  answer_delay_ms: delay.optional(),
  /** Answers with this HTTP status, without taking effect. */
  http_status: z.int().min(400).max(599).optional(),
  /** Answers with this business code, without taking effect. */
  code: z.int().optional(),
  msg: z.string().optional(),
  /** Closes the connection without an answer, before or after taking effect. */
  drop: z.enum(['before', 'after']).optional(),
  /** Resets the connection (RST), without taking effect unless `drop` is `after`. */
  reset: z.literal(true).optional(),
  /** Replaces or cuts the answer's body, after taking effect. */
  body: z.enum(['html', 'truncated', 'empty', 'not_json']).optional(),
  /** Whether the call takes effect, e.g. `true` for an HTTP 500 although the order was created. */
  takes_effect: z.boolean().optional(),
};

const createFault = z.strictObject({
  on: z.literal('create'),
  ...common,
  ...answer,
  /** The answer states this amount instead of the one that was sent. */
  amount: z.string().min(1).optional(),
});

const queryFault = z.strictObject({
  on: z.literal('query'),
  ...common,
  ...answer,
  /** The row has this status, e.g. an old or an unknown one. */
  status: z.string().min(1).optional(),
  /** The row has this amount, currency or id instead of the order's. */
  amount: z.string().min(1).optional(),
  currency: z.string().min(1).optional(),
  row_request_id: z.string().min(1).optional(),
  row_pay_order_id: z.string().min(1).optional(),
  /** The order is not found, as when query-order lags behind. */
  hide: z.literal(true).optional(),
});

const webhookFault = z.strictObject({
  on: z.literal('webhook'),
  ...common,
  /** The webhook is never sent. */
  lose: z.literal(true).optional(),
  /** The webhook is sent so much later, ms of the sandbox's clock. */
  late_ms: z.int().min(0).optional(),
  /** The webhook is sent twice at the same time. */
  double: z.literal(true).optional(),
  /** The webhook is sent after the order's next webhook. */
  reorder: z.literal(true).optional(),
  wrong_signature: z.literal(true).optional(),
  /** The body's `api_version`, which decides the signing rule. */
  version: z.enum(['v1', 'v2']).optional(),
});

const notificationFault = z.strictObject({
  on: z.literal('notification'),
  ...common,
  /** Delay before the notification is handled, in ms of real time. */
  delay_ms: delay.optional(),
  /** The merchant's answer. The notification is not taken. */
  http_status: z.int().min(200).max(599).optional(),
  /** With `http_status`: the answer's `Retry-After`. */
  retry_after: z.string().optional(),
  /** Redirects to this URL, with `http_status` or 302. */
  redirect: z.string().optional(),
  /** Closes the connection without an answer. */
  drop: z.literal(true).optional(),
});

/** A fault of the sandbox, which is added over the control endpoint (`control-routes.ts`). */
export const faultSchema = z
  .discriminatedUnion('on', [createFault, queryFault, webhookFault, notificationFault])
  .refine(({ on: _on, request_id: _id, times: _times, ...what }) => Object.keys(what).length > 0, {
    message: 'has no effect: add what goes wrong, e.g. "delay_ms", "http_status", "drop" or "lose"',
  });

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema> & { readonly id: string };
export type AnswerFault = Extract<Fault, { on: 'create' | 'query' }>;
export type CreateFault = Extract<Fault, { on: 'create' }>;
export type QueryFault = Extract<Fault, { on: 'query' }>;
export type WebhookFault = Extract<Fault, { on: 'webhook' }>;
export type NotificationFault = Extract<Fault, { on: 'notification' }>;

/** The faults that are not used up. A call uses the oldest one that matches it. */
export class Faults {
  private faults: Fault[] = [];
  private lastId = 0;

  /** @throws SandboxError `fault_invalid` that names every wrong field */
  add(input: FaultInput): Fault {
    const result = faultSchema.safeParse(input);
    if (!result.success) throw new SandboxError('fault_invalid', z.prettifyError(result.error));
    const fault = { ...result.data, id: `f${++this.lastId}` };
    this.faults.push(fault);
    return fault;
  }

  list(): readonly Fault[] {
    return [...this.faults];
  }

  /** @returns whether there was such a fault */
  remove(id: string): boolean {
    const before = this.faults.length;
    this.faults = this.faults.filter((fault) => fault.id !== id);
    return this.faults.length < before;
  }

  clear(): void {
    this.faults = [];
  }

  /** The fault for this call, if there is one. Counts the use. */
  take<On extends Fault['on']>(on: On, request_id: string | undefined): Extract<Fault, { on: On }> | undefined {
    const fits = (fault: Fault): fault is Extract<Fault, { on: On }> =>
      fault.on === on && (fault.request_id === undefined || fault.request_id === request_id);
    const fault = this.faults.find(fits);
    const times = fault?.times ?? null;
    if (!fault || times === null) return fault;
    if (times === 1) this.remove(fault.id);
    else this.faults = this.faults.map((other) => (other === fault ? { ...fault, times: times - 1 } : other));
    return fault;
  }
}

import { z } from 'zod';
import { SandboxError } from './errors';

const delay = z.int().min(0).max(600_000);
const common = {
  /** Only calls that name this order; absent: any call. */
  request_id: z.string().optional(),
  /** How many calls it spoils; `null` (or 0): all, until it is removed. */
  times: z
    .int()
    .min(0)
    .nullable()
    .default(1)
    .transform((times) => (times === 0 ? null : times)),
};

const answer = {
  /** Real milliseconds before anything happens: the caller's time-outs are real too. */
  delay_ms: delay.optional(),
  /** Real milliseconds between taking effect and the answer. */
  answer_delay_ms: delay.optional(),
  /** Answers with this HTTP status, without taking effect. */
  http_status: z.int().min(400).max(599).optional(),
  /** Answers with this business code, without taking effect. */
  code: z.int().optional(),
  msg: z.string().optional(),
  /** Destroys the connection, before or after taking effect. */
  drop: z.enum(['before', 'after']).optional(),
  /** The connection is reset (RST); without taking effect, unless `drop` is `after`. */
  reset: z.literal(true).optional(),
  /** Spoils the answer's body, after taking effect. */
  body: z.enum(['html', 'truncated', 'empty', 'not_json']).optional(),
  /** Overrides whether the call takes effect: e.g. an HTTP 500 although the order was created. */
  takes_effect: z.boolean().optional(),
};

const createFault = z.strictObject({ on: z.literal('create'), ...common, ...answer });

const queryFault = z.strictObject({
  on: z.literal('query'),
  ...common,
  ...answer,
  /** The row says this status: a stale answer, or a word nobody knows. */
  status: z.string().min(1).optional(),
  /** The row says this amount, currency or id, whatever the order's is. */
  amount: z.string().min(1).optional(),
  currency: z.string().min(1).optional(),
  row_request_id: z.string().min(1).optional(),
  row_pay_order_id: z.string().min(1).optional(),
  /** Not found: the read lags behind. */
  hide: z.literal(true).optional(),
});

const webhookFault = z.strictObject({
  on: z.literal('webhook'),
  ...common,
  /** Never sent, nor sent again. */
  lose: z.literal(true).optional(),
  /** Sent this much later, milliseconds of the sandbox's clock. */
  late_ms: z.int().min(0).optional(),
  /** Sent twice at once. */
  double: z.literal(true).optional(),
  /** Held back until the next webhook of that order was sent. */
  reorder: z.literal(true).optional(),
  wrong_signature: z.literal(true).optional(),
  /** The body's `api_version`, and so the signature's rule. */
  version: z.enum(['v1', 'v2']).optional(),
});

const notificationFault = z.strictObject({
  on: z.literal('notification'),
  ...common,
  /** Real milliseconds before anything happens. */
  delay_ms: delay.optional(),
  /** The merchant answers this, and keeps nothing. */
  http_status: z.int().min(200).max(599).optional(),
  /** With `http_status`: the answer's `Retry-After`. */
  retry_after: z.string().optional(),
  /** Sends the caller there, with `http_status` or 302. */
  redirect: z.string().optional(),
  /** Closes the connection without an answer. */
  drop: z.literal(true).optional(),
});

/** One thing that goes wrong on demand; see the README of the control endpoint in `control-routes.ts`. */
export const faultSchema = z
  .discriminatedUnion('on', [createFault, queryFault, webhookFault, notificationFault])
  .refine(({ on: _on, request_id: _id, times: _times, ...what }) => Object.keys(what).length > 0, {
    message: 'says nothing that should go wrong: add e.g. "delay_ms", "http_status", "drop" or "lose"',
  });

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema> & { readonly id: string };
export type AnswerFault = Extract<Fault, { on: 'create' | 'query' }>;
export type QueryFault = Extract<Fault, { on: 'query' }>;
export type WebhookFault = Extract<Fault, { on: 'webhook' }>;
export type NotificationFault = Extract<Fault, { on: 'notification' }>;

/** The faults in waiting, first come first served: each call takes the first that fits it. */
export class Faults {
  private faults: Fault[] = [];
  private lastId = 0;

  /** @throws SandboxError `fault_invalid` that names every field at fault */
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

  /** @returns whether it was there */
  remove(id: string): boolean {
    const before = this.faults.length;
    this.faults = this.faults.filter((fault) => fault.id !== id);
    return this.faults.length < before;
  }

  clear(): void {
    this.faults = [];
  }

  /** Takes the fault that spoils this call, if there is one, and counts it as used. */
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

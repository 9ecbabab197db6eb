import fc from 'fast-check';
import type { FaultInput } from '../../sandbox/faults';
import type { OrderAction } from '../../sandbox/order';
import type { OrderEvent } from '../../sandbox/order-event';

/** One thing that happens to a pay-in. Plain data, so that a failing story can be printed, shrunk and told again. */
export type PayinEvent =
  | { readonly on: 'post'; readonly content: 'same' | 'other' }
  | { readonly on: 'get' }
  /** At Lesspay: by the payer, or by Lesspay itself. */
  | { readonly on: 'order'; readonly action: OrderAction; readonly amount?: string; readonly force: boolean }
  | { readonly on: 'report'; readonly event: OrderEvent }
  /** Somebody else makes an order under our request_id. */
  | { readonly on: 'stranger'; readonly amount: string }
  | { readonly on: 'fault'; readonly fault: FaultInput }
  | { readonly on: 'lag'; readonly ms: number }
  | {
      readonly on: 'webhook';
      readonly status: string;
      readonly version: 'v1' | 'v2';
      readonly flaw: 'none' | 'forged' | 'other_order';
      readonly copies: number;
      /** Of a part that went back; absent: not stated. */
      readonly amount?: string;
      /** An event that nobody has a name for. */
      readonly event?: string;
    }
  /** By hand, past the API. */
  | { readonly on: 'signal'; readonly name: 'webhook' | 'wake'; readonly args: readonly unknown[] }
  | { readonly on: 'update'; readonly name: UpdateName; readonly note: Readonly<Record<string, string>> }
  | { readonly on: 'wake' }
  | { readonly on: 'cancel' }
  | { readonly on: 'terminate' }
  | { readonly on: 'worker'; readonly dies: 'before' | 'after' }
  /** Down for so many writes, or gone before it could say that it wrote. */
  | { readonly on: 'database'; readonly dies: 'before' | 'after'; readonly times: number }
  /** The merchant's endpoint fails so often, or (`null`) until the story is over. */
  | { readonly on: 'endpoint'; readonly fails: EndpointFailure; readonly times: number | null }
  /** Time of the server, seconds. */
  | { readonly on: 'pass'; readonly seconds: number }
  /** Real milliseconds, in which webhooks and activities get somewhere. */
  | { readonly on: 'breathe'; readonly ms: number };

export type EndpointFailure = Pick<Extract<FaultInput, { on: 'notification' }>, 'http_status' | 'redirect' | 'drop'>;

export type UpdateName = 'pollNow' | 'acknowledge' | 'resolve' | 'adopt' | 'stopWatching' | 'resumeWatching';

const STATUSES = ['PENDING_CONFIRM', 'PENDING_PAY', 'SUCCEED', 'PAID', 'FAILED', 'CANCELED', 'CLOSED', 'REFUND'];

const times = fc.integer({ min: 1, max: 3 });

const post = fc.record({
  on: fc.constant('post' as const),
  content: fc.oneof({ weight: 4, arbitrary: fc.constant('same' as const) }, fc.constant('other' as const)),
});

const order = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('pay', 'decline', 'cancel').map((action) => at(action, false)),
  },
  fc.record({
    on: fc.constant('order' as const),
    action: fc.constant('pay-different' as const),
    amount: fc.constantFrom('40.00', '100', '100.01'),
    force: fc.boolean(),
  }),
  // Also what should not happen: money after the end, another end after the money.
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<OrderAction[]>('pay', 'decline', 'cancel', 'refund', 'expire', 'confirm')
      .map((action) => at(action, true)),
  },
);

const at = (action: OrderAction, force: boolean) => ({ on: 'order' as const, action, force });

const report = fc
  .constantFrom<OrderEvent[]>(
    { event: 'dispute_received', category: 'fraudulent' },
    { event: 'payment_declined', code: '30034' },
  )
  .map((event) => ({ on: 'report' as const, event }));

/** Faults of create-order, from "surely did not" to "did, and nobody was told". */
const createFault = fc.constantFrom<FaultInput[]>(
  { on: 'create', http_status: 503 },
  { on: 'create', http_status: 500, takes_effect: true },
  { on: 'create', drop: 'before' },
  { on: 'create', drop: 'after' },
  { on: 'create', reset: true },
  { on: 'create', body: 'html' },
  { on: 'create', http_status: 403, body: 'html' },
  { on: 'create', body: 'truncated' },
  { on: 'create', delay_ms: 700 },
  { on: 'create', delay_ms: 150 },
  { on: 'create', http_status: 429 },
  { on: 'create', code: 10 },
  { on: 'create', code: 12, takes_effect: true },
  { on: 'create', code: 11 },
  { on: 'create', code: 5000 },
  { on: 'create', code: 5004 },
  { on: 'create', code: 1201 },
);

const queryFault = fc.constantFrom<FaultInput[]>(
  { on: 'query', http_status: 503 },
  { on: 'query', drop: 'before' },
  { on: 'query', code: 10 },
  { on: 'query', code: 5004 },
  { on: 'query', body: 'html' },
  { on: 'query', http_status: 403, body: 'html' },
  { on: 'query', body: 'truncated' },
  { on: 'query', delay_ms: 150 },
  { on: 'query', hide: true },
  { on: 'query', status: 'PENDING_PAY' },
  { on: 'query', status: 'PENDING_CONFIRM' },
  { on: 'query', status: 'WEIRD' },
  { on: 'query', amount: '99.99' },
  { on: 'query', status: 'REFUND', amount: '40.00' },
  { on: 'query', amount: '100' },
  { on: 'query', currency: 'BTC' },
  { on: 'query', row_request_id: 'other' },
  { on: 'query', row_pay_order_id: 'P9999999999999999999' },
);

const webhookFault = fc.constantFrom<FaultInput[]>(
  { on: 'webhook', lose: true },
  { on: 'webhook', late_ms: 90_000 },
  { on: 'webhook', late_ms: 7_200_000 },
  { on: 'webhook', double: true },
  { on: 'webhook', reorder: true },
  { on: 'webhook', wrong_signature: true },
  { on: 'webhook', version: 'v1' },
);

const anyFault = (kind: fc.Arbitrary<FaultInput>): fc.Arbitrary<PayinEvent> =>
  fc.tuple(kind, times).map(([fault, times]) => ({ on: 'fault', fault: { ...fault, times } }));

/** The same twice in a story is the same byte for byte. */
const webhook = fc.record(
  {
    on: fc.constant('webhook' as const),
    status: fc.constantFrom(...STATUSES, 'WEIRD'),
    version: fc.constantFrom('v1' as const, 'v2' as const),
    flaw: fc.constantFrom('none' as const, 'none' as const, 'forged' as const, 'other_order' as const),
    copies: fc.integer({ min: 1, max: 2 }),
    amount: fc.constantFrom('40.00', '100.00'),
    event: fc.constantFrom('chargeback', 'dispute_lost'),
  },
  { requiredKeys: ['on', 'status', 'version', 'flaw', 'copies'] },
);

/** What comes when nobody looks any more: weeks after the money, after a decision, after a refund. */
const late = fc.constantFrom<PayinEvent[][]>(
  [
    at('pay', true),
    { on: 'pass', seconds: 90_000 },
    at('refund', true),
    { on: 'pass', seconds: 700_000 },
    at('pay', true),
  ],
  [
    at('pay', true),
    { on: 'pass', seconds: 700_000 },
    { on: 'order', action: 'pay-different', amount: '40.00', force: true },
  ],
  [
    { on: 'order', action: 'pay-different', amount: '40.00', force: true },
    { on: 'pass', seconds: 70 },
    { on: 'update', name: 'acknowledge', note: { who: 'ops', why: 'he sends the rest' } },
    { on: 'breathe', ms: 100 },
    at('expire', true),
  ],
  [
    { on: 'order', action: 'pay-different', amount: '99.50', force: true },
    { on: 'pass', seconds: 70 },
    { on: 'update', name: 'resolve', note: { who: 'ops', why: 'good enough', status: 'SUCCEED' } },
    { on: 'breathe', ms: 100 },
    { on: 'wake' },
    { on: 'update', name: 'resolve', note: { who: 'ops', why: 'sent back', status: 'REFUND' } },
    { on: 'pass', seconds: 70 },
    { on: 'wake' },
  ],
  [
    at('pay', true),
    { on: 'pass', seconds: 90_000 },
    { on: 'webhook', status: 'REFUND', version: 'v2', flaw: 'none', copies: 2, amount: '40.00' },
    { on: 'pass', seconds: 7_200 },
  ],
);

const signal = fc.record({
  on: fc.constant('signal' as const),
  name: fc.constantFrom('webhook' as const, 'wake' as const),
  args: fc.constantFrom<unknown[][]>([], [42], [null], ['text'], [{}], [{ digest: 7 }], [{ who: 7 }], [[]]),
});

const note = fc.constantFrom({ who: 'ops', why: 'asked' }, { who: 'ops', why: 'asked' }, { who: '', why: 'asked' });

const request = (name: UpdateName, note: Readonly<Record<string, string>>): PayinEvent => ({
  on: 'update',
  name,
  note,
});

const update = fc.oneof(
  fc
    .tuple(fc.constantFrom<UpdateName[]>('pollNow', 'acknowledge', 'adopt', 'stopWatching', 'resumeWatching'), note)
    .map(([name, note]) => request(name, note)),
  fc.tuple(fc.constantFrom(...STATUSES), note).map(([status, note]) => request('resolve', { ...note, status })),
  fc
    .tuple(fc.constantFrom('amount_mismatch', 'late_payment', 'unresolved', 'credentials'), note)
    .map(([code, note]) => request('acknowledge', { ...note, code })),
);

const pass = fc
  .constantFrom(1, 5, 30, 70, 600, 1_000, 7_200, 90_000, 700_000)
  .map((seconds) => ({ on: 'pass' as const, seconds }));

const database = fc.record({
  on: fc.constant('database' as const),
  dies: fc.constantFrom('before' as const, 'after' as const),
  times: fc.constantFrom(1, 2, 12),
});

const endpoint = fc.record({
  on: fc.constant('endpoint' as const),
  fails: fc.constantFrom<EndpointFailure[]>(
    { http_status: 503 },
    { http_status: 410 },
    { drop: true },
    { redirect: 'http://elsewhere.example/' },
  ),
  times: fc.constantFrom(1, 2, 5, null),
});

const single = (event: fc.Arbitrary<PayinEvent>): fc.Arbitrary<PayinEvent[]> => event.map((one) => [one]);

const fixed = (...events: PayinEvent[]): fc.Arbitrary<PayinEvent> => fc.constantFrom(...events);

const anyEvent: fc.Arbitrary<PayinEvent> = fc.oneof(
  { weight: 8, arbitrary: order },
  { weight: 2, arbitrary: report },
  { weight: 2, arbitrary: anyFault(createFault) },
  { weight: 6, arbitrary: anyFault(queryFault) },
  { weight: 4, arbitrary: anyFault(webhookFault) },
  { weight: 2, arbitrary: fc.constantFrom(0, 5_000, 120_000).map((ms) => ({ on: 'lag' as const, ms })) },
  { weight: 5, arbitrary: webhook },
  { weight: 1, arbitrary: signal },
  { weight: 5, arbitrary: update },
  { weight: 2, arbitrary: post },
  { weight: 1, arbitrary: fixed({ on: 'get' }) },
  { weight: 4, arbitrary: fixed({ on: 'wake' }, { on: 'cancel' }, { on: 'terminate' }, { on: 'terminate' }) },
  { weight: 3, arbitrary: fixed({ on: 'worker', dies: 'before' }, { on: 'worker', dies: 'after' }) },
  { weight: 3, arbitrary: database },
  { weight: 3, arbitrary: endpoint },
  { weight: 8, arbitrary: pass },
  { weight: 6, arbitrary: fc.constantFrom(20, 100).map((ms) => ({ on: 'breathe' as const, ms })) },
);

const opening: fc.Arbitrary<PayinEvent[]> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<PayinEvent[]>([{ on: 'post', content: 'same' }]) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('100.00', '7').map((amount): PayinEvent[] => [{ on: 'stranger', amount }]),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('100.00', '7').map((amount): PayinEvent[] => [
      { on: 'stranger', amount },
      { on: 'post', content: 'same' },
    ]),
  },
  // A message may come for a pay-in that nobody has started.
  { weight: 1, arbitrary: fc.constant<PayinEvent[]>([]) },
);

/** What happens to one pay-in, in this order. What it sets off at Lesspay, in the API and in the worker goes on beside. */
export const story: fc.Arbitrary<PayinEvent[]> = fc
  .tuple(
    fc.array(fc.oneof(anyFault(createFault), anyFault(queryFault), endpoint), { maxLength: 3 }),
    opening,
    fc.array(fc.oneof({ weight: 20, arbitrary: single(anyEvent) }, { weight: 1, arbitrary: late }), {
      minLength: 1,
      maxLength: 14,
    }),
  )
  .map(([before, opening, rest]) => [...before, ...opening, ...rest.flat()]);

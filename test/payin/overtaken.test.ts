import { NotificationRun } from '../../workflows/notification/run';
import { eventsFor } from '../../payin/journal';
import { isNotified } from '../../payin/events';
import type { PayinFacts } from '../../payin/facts';
import type { WebhookClaim } from '../../payin/webhook-claim';
import { fresh, request, T } from './fresh-run';
import { credentialsRefused, orderCreated, orderSeen } from '../../payin/answers';

/** What a run keeps of its own when its order record turns out to know more, and what it may never do after that. */

const order = { pay_order_id: 'P1', checkout_url: 'https://lesspay.example/P1' };

const webhook = (digest: string, more: Partial<WebhookClaim> = {}): WebhookClaim => ({
  digest,
  received_at: '',
  version: 'v2',
  ...more,
});

/** What the run before a reset wrote last: no more than that the order exists, and that a webhook came. */
function recorded(): PayinFacts {
  const run = fresh();
  orderCreated(run.facts, order, T);
  run.receive(webhook('d1', { order_status: 'PENDING_PAY' }), T);
  return structuredClone(run.facts);
}

it('tells nothing under a number at which an endpoint was told something else', () => {
  const known = recorded();
  const endpoint = new NotificationRun({ request_id: 'r1', endpoint: 'shop' }, T);
  const run = fresh();
  const handOver = () => {
    endpoint.take({ payin: run.view(), events: eventsFor(run.facts, 'notified').filter(isNotified) }, T);
    run.facts.notified = run.facts.last_event;
    const numbers = endpoint.pending.map(({ event }) => event.data['to']);
    for (const one of endpoint.pending) endpoint.wasDelivered(one, { at: T, attempts: 1, http_status: 200 });
    return numbers;
  };
  // The database is down. A reset run flags what the one before did not see, and tells the merchant of the payment.
  orderCreated(run.facts, order, T);
  run.receive(webhook('d1', { order_status: 'PENDING_PAY' }), T);
  credentialsRefused(run.facts, 'no', T);
  orderSeen(run.facts, { ...order, status: 'SUCCEED' }, T);
  expect(handOver()).toEqual(['PENDING_PAY', 'SUCCEED']);

  // Now it answers. The payment is told once more at the most; what comes after it is never swallowed.
  run.overtaken(known, known.last_event, T);
  orderSeen(run.facts, { ...order, status: 'SUCCEED' }, T);
  const told = handOver();
  orderSeen(run.facts, { ...order, status: 'REFUND' }, T);
  expect([...told, ...handOver()]).toContain('REFUND');
});

it('keeps the checkout page that Lesspay gave to it alone', () => {
  const before = fresh();
  credentialsRefused(before.facts, 'no', T);
  const known = structuredClone(before.facts);
  const run = fresh();
  orderCreated(run.facts, order, T);
  run.overtaken(known, known.last_event, T);
  expect(run.facts.checkout_url).toBe(order.checkout_url);
});

it('keeps the stored card and the deadline of a dispute that it alone was told of', () => {
  const known = recorded();
  const run = fresh();
  orderCreated(run.facts, order, T);
  const card = { stored_card: 'card_1', stored_card_sealed: 'v1.sealed', stored_card_last_four: '4242' };
  run.receive(webhook('card', { request_id: 'r1', order_status: 'SUCCEED', ...card }), T);
  const event_deadline = '2027-02-01T10:00:00.000Z';
  run.receive(webhook('dispute', { event: 'dispute_received', event_deadline }), T);
  orderSeen(run.facts, { ...order, status: 'SUCCEED' }, T);
  // As after many other webhooks, or a run that continued as new: it no longer has these two.
  run.receive(webhook('later'), T);
  Reflect.set(run, 'received', []);
  run.overtaken(known, known.last_event, T);
  orderSeen(run.facts, { ...order, status: 'SUCCEED' }, T);
  expect(run.view().stored_card).toEqual({ id: 'card_1', last_four: '4242' });
  expect(run.openAlerts.map(({ answer_by }) => answer_by)).toEqual([event_deadline]);
  expect(eventsFor(run.facts, 'recorded').map(({ kind }) => kind)).toContain('card_stored');
});

it('leaves out no event that the merchant is to be told of, however many hints wait for the database', () => {
  const run = fresh();
  orderCreated(run.facts, order, T);
  for (let count = 0; count < 400; count += 1)
    run.receive(webhook(`hint ${count}`, { order_status: 'PENDING_PAY' }), T);
  run.facts.notified = run.facts.last_event;
  run.receive(webhook('dispute', { event: 'dispute_received' }), T);
  expect(eventsFor(run.facts, 'notified').map(({ kind }) => kind)).toContain('dispute');
});

it('an order in doubt stays ours after its texts were erased', () => {
  const run = fresh();
  run.facts.doubt_since = T;
  const erased = { product_name: '[erased]', description: '[erased]', success_url: '[erased]', fail_url: '[erased]' };
  Object.assign(run.facts, { request: { ...request, ...erased } });
  orderSeen(run.facts, { ...order, status: 'SUCCEED', amount: '100.00', product_name: request.product_name }, T);
  expect(run.facts.taken).toBe(false);
});

import { z } from 'zod';
import type { PayinRequestInput } from '../../client/payin-request';
import { METHOD_TYPES, methodOf, type MethodType, type PaymentMethod } from '../../lesspay/methods';
import { notificationBody } from '../../merchant/notification-body';
import { newRequestId, type PayinRig, requestOf, startRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** Each way to pay, from POST to its end, against the sandbox, in real time. */

const apiLog: string[] = [];
let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig({ apiLog: (line) => void apiLog.push(line) });
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());
afterEach(() => void rig.sandbox.settings.change({ answer_shape: 'snake', local_amounts: 'minor' }));

const TOKEN = 'src_coffee6mqfu3t4';
const customer = { name: 'Ana Maria', tax_id: '52998224725' };
const METHODS: Readonly<Record<MethodType, PaymentMethod>> = {
  crypto: { type: 'crypto', transaction_network: 'TRC20' },
  card: { type: 'card', three_ds: { enabled: true } },
  card_session: { type: 'card_session' },
  card_token: { type: 'card_token', token: TOKEN },
  bank_push_mxn: { type: 'bank_push_mxn', customer },
  pix_brl: { type: 'pix_brl', customer },
};

/** What each method's answer has for the payer. */
const STEPS: Readonly<Record<MethodType, object>> = {
  crypto: { type: 'redirect', url: expect.stringMatching(/\/checkout\/P/) },
  card: { type: 'redirect', url: expect.stringMatching(/\/checkout\/P/) },
  card_session: {
    type: 'payment_session',
    token: expect.stringMatching(/^pst_/),
    secret: expect.stringMatching(/^pss_/),
  },
  card_token: { type: 'none' },
  bank_push_mxn: {
    type: 'bank_transfer',
    details: {
      bank_name: 'STP',
      account_name: 'Lesspay sandbox',
      clabe: expect.stringMatching(/^646180\d{12}$/),
      reference: expect.stringMatching(/^\d{7}$/),
    },
  },
  pix_brl: {
    type: 'qr_code',
    text: expect.stringMatching(/^000201.*BR\.GOV\.BCB\.PIX/),
    image: expect.stringMatching(/^data:image\/svg\+xml;base64,PHN2Zy/),
  },
};

function methodRequest(type: MethodType, request_id = newRequestId()): PayinRequestInput {
  return { ...requestOf(request_id), currency: methodOf(type).currency ?? 'USD', method: METHODS[type] };
}

const openAlerts = async (request_id: string) => (await rig.state(request_id)).alerts.map(({ code }) => code);
const historyOf = async (workflowId: string) => textOf(await rig.client.workflow.getHandle(workflowId).fetchHistory());

const eventsOf = async (request_id: string, kind: string) =>
  (await rig.records.events(request_id, { limit: 100 })).filter((event) => event.kind === kind).map(({ data }) => data);

describe.each(METHOD_TYPES)('%s', (type) => {
  it.each(['snake', 'camel', 'order_data'] as const)('goes from POST to SUCCEED, by answers in %s', async (shape) => {
    rig.sandbox.settings.change({ answer_shape: shape });
    const request = methodRequest(type);
    const { status, body } = await rig.post(request);
    expect({ status, step: body['next_step'] }).toEqual({ status: 201, step: STEPS[type] });
    expect(body['checkout_url'] !== undefined).toBe(type === 'crypto' || type === 'card');
    expect(rig.sandbox.orders.get(request.request_id)).toMatchObject({ target_amount: '100.00' });
    rig.sandbox.orders.act(request.request_id, 'pay');
    expect(await rig.result(request.request_id)).toMatchObject({ status: 'SUCCEED', amount: '100.00', alerts: [] });
    const { body: after } = await rig.get(request.request_id);
    expect(after).toMatchObject({ status: 'SUCCEED' });
    expect(after).not.toHaveProperty('next_step');
    expect(await rig.records.find(request.request_id)).toMatchObject({ status: 'SUCCEED', amount: '100.00' });
    const told = rig.sandbox.merchant.received(request.request_id);
    expect(told.at(-1)).toMatchObject({ type: 'payin.transition', status: 'SUCCEED', verified: true });
  });

  it('gives the same request the same step again, and other content 409', async () => {
    const request = methodRequest(type);
    const first = await rig.post(request);
    const second = await rig.post(request);
    expect({ status: second.status, step: second.body['next_step'] }).toEqual({
      status: 200,
      step: first.body['next_step'],
    });
    const { method: _hosted, ...other } = request;
    expect((await rig.post(other)).body['code']).toBe('other_content');
  });

  it('says that the step is lost when the answer that held it is', async () => {
    // Where the payer need not act, there is nothing to lose.
    const lost = methodOf(type).shows !== 'none';
    const request = methodRequest(type);
    rig.sandbox.faults.add({ on: 'create', request_id: request.request_id, drop: 'after' });
    const { status, body } = await rig.post(request);
    expect({ status, code: body['code'] }).toEqual(
      lost ? { status: 409, code: 'checkout_url_lost' } : { status: 201, code: undefined },
    );
    rig.sandbox.orders.act(request.request_id, 'pay');
    expect(await rig.result(request.request_id)).toMatchObject({ status: 'SUCCEED' });
    expect(rig.sandbox.calls(request.request_id).orders_created).toBe(1);
  });
});

describe('the unit of the amount', () => {
  it('100 times: nobody is sent to pay an order that Lesspay took in major units', async () => {
    rig.sandbox.settings.change({ local_amounts: 'major' });
    const request = methodRequest('bank_push_mxn');
    const { status, body } = await rig.post(request);
    expect({ status, code: body['code'] }).toEqual({ status: 409, code: 'amount_unit' });
    expect(rig.sandbox.orders.get(request.request_id).target_amount).toBe('10000.00');
    expect(await openAlerts(request.request_id)).toEqual(['amount_unit']);
    const { body: shown } = await rig.get(request.request_id);
    expect(shown).toMatchObject({ status: 'PENDING_PAY', needs_attention: true });
    expect(shown).not.toHaveProperty('next_step');
    // Also a payment of it is no success.
    rig.sandbox.orders.act(request.request_id, 'pay');
    await waitFor(async () => (await rig.state(request.request_id)).status === 'PAID', { what: 'PAID' });
  });

  it.each([
    ['100 times too much', '10000'],
    ['a hundredth', '1.00'],
  ])('%s in the answer of create-order: the payer is not sent anywhere', async (_what, amount) => {
    const request = methodRequest('card');
    rig.sandbox.faults.add({ on: 'create', request_id: request.request_id, amount });
    const { status, body } = await rig.post(request);
    expect({ status, code: body['code'] }).toEqual({ status: 409, code: 'amount_unit' });
    expect(await openAlerts(request.request_id)).toEqual(['amount_unit']);
  });

  it.each([
    ['100 times too much', '10000.00'],
    ['a hundredth', '1'],
  ])('%s in the answer of query-order: flagged, and not applied', async (_what, amount) => {
    const { request_id, ...request } = methodRequest('card');
    expect((await rig.post({ request_id, ...request })).status).toBe(201);
    rig.sandbox.faults.add({ on: 'query', request_id, amount, times: null });
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await rig.state(request_id)).status === 'PAID', { what: 'PAID' });
    expect(await openAlerts(request_id)).toEqual(['amount_unit']);
  });

  it.each([
    ['100 times too much', '10000'],
    ['a hundredth', '1.00'],
  ])('%s in a webhook: flagged at once, and nobody else is sent to pay', async (_what, target_amount) => {
    const { request_id, ...request } = methodRequest('card');
    await rig.post({ request_id, ...request });
    await rig.sandbox.webhooks.send({ request_id, status: 'PENDING_PAY', overrides: { target_amount } });
    await waitFor(async () => (await openAlerts(request_id)).includes('amount_unit'), { what: 'the alert' });
    expect((await rig.post({ request_id, ...request })).body['code']).toBe('amount_unit');
  });

  it('an order in minor units may be repeated in either unit', async () => {
    const { request_id, ...request } = methodRequest('pix_brl');
    rig.sandbox.faults.add({ on: 'query', request_id, amount: '10000', times: null });
    expect((await rig.post({ request_id, ...request })).status).toBe(201);
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  });

  it('the payer waits until query-order has shown the order', async () => {
    const { request_id, ...request } = methodRequest('pix_brl');
    rig.sandbox.faults.add({ on: 'query', request_id, hide: true });
    const posted = rig.post({ request_id, ...request });
    await waitFor(() => rig.sandbox.calls(request_id).query_calls > 0, { what: 'the question' });
    expect((await rig.state(request_id)).next_step).toBeUndefined();
    await rig.handle(request_id).executeUpdate('pollNow', { args: [{ who: 'mia', why: 'a test' }] });
    expect((await posted).body['next_step']).toEqual(STEPS.pix_brl);
  });
});

it('a worker whose settings do not confirm the unit creates nothing, whoever started the pay-in', async () => {
  // Both workers have one task queue.
  await rig.stopWorker();
  const strict = await startRig({ minorUnitMethods: [] });
  try {
    const { request_id, ...request } = methodRequest('bank_push_mxn');
    const { status, body } = await strict.post({ request_id, ...request });
    const detail = expect.stringContaining('LESSPAY_MINOR_UNIT_METHODS');
    expect({ status, body }).toMatchObject({ status: 422, body: { code: 'rejected', detail } });
    expect(strict.sandbox.calls(request_id).create_calls).toBe(0);
  } finally {
    await strict.close();
    await rig.startWorker();
  }
});

describe('secrets', () => {
  it('of a session are in no history, record, log or other answer', async () => {
    const { request_id, ...request } = methodRequest('card_session');
    const { body } = await rig.post({ request_id, ...request });
    const { token, secret } = z.object({ token: z.string(), secret: z.string() }).parse(body['next_step']);
    expect((await rig.get(request_id)).body['next_step']).toEqual({ type: 'payment_session' });
    const whilePending = await historyOf(`payin-${request_id}`);
    rig.sandbox.orders.act(request_id, 'pay');
    const result = await rig.result(request_id);
    const kept = [
      whilePending,
      await historyOf(`payin-${request_id}`),
      textOf(result),
      textOf(await rig.records.find(request_id)),
      textOf(await rig.records.events(request_id, { limit: 100 })),
      textOf(rig.sandbox.merchant.received(request_id)),
      textOf(rig.sandbox.orders.get(request_id)),
      apiLog.join('\n'),
    ];
    // It was looked for in the right places.
    for (const place of kept) expect(place.length).toBeGreaterThan(100);
    expect(kept.filter((place) => /\bv1\.[\w-]{80}/.test(place)).length).toBeGreaterThanOrEqual(4);
    for (const bytes of [token, secret]) expect(kept.join('\n')).not.toContain(bytes);
  });
});

describe('a card that paid', () => {
  it('is noted with what 3-D Secure came to, once, and nothing is concluded from it', async () => {
    const { request_id, ...request } = methodRequest('card');
    await rig.post({ request_id, ...request });
    const channel_biz_data = { issuer: 'A BANK', issuer_country: 'MX', '3ds': { downgraded: true, enrolled: 'Y' } };
    for (const status of ['PENDING_PAY', 'PENDING_CONFIRM'] as const)
      await rig.sandbox.webhooks.send({ request_id, status, overrides: { channel_biz_data } });
    rig.sandbox.orders.act(request_id, 'pay');
    const card = { issuer: 'A BANK', issuer_country: 'MX', enrolled: 'Y', downgraded: true };
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false, card });
    expect(await eventsOf(request_id, 'card')).toEqual([card]);
  });

  it('after a declined one the payer may try again, and the reason is told where it is known', async () => {
    const { request_id, ...request } = methodRequest('card');
    await rig.post({ request_id, ...request });
    for (const code of ['30034', '42301', '49999'])
      rig.sandbox.orders.report(request_id, { event: 'payment_declined', code });
    await waitFor(async () => (await eventsOf(request_id, 'payment_declined')).length === 3, {
      what: 'three declines',
    });
    expect(await eventsOf(request_id, 'payment_declined')).toEqual(
      expect.arrayContaining([
        { code: '30034', reason: 'suspected_fraud' },
        { code: '42301', reason: 'fraud_score' },
        { code: '49999' },
      ]),
    );
    expect((await rig.get(request_id)).body).toMatchObject({ status: 'PENDING_PAY', next_step: STEPS.card });
  });

  it('a dispute says until when it must be answered', async () => {
    const { request_id, ...request } = methodRequest('card');
    await rig.post({ request_id, ...request });
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.result(request_id);
    const evidence_required_by = '2026-12-11T10:00:00.000Z';
    rig.sandbox.orders.report(request_id, { event: 'dispute_received', category: 'fraudulent', evidence_required_by });
    await waitFor(async () => (await eventsOf(request_id, 'dispute')).length === 1, { what: 'the dispute' });
    expect(await eventsOf(request_id, 'dispute')).toEqual([
      { category: 'fraudulent', answer_by: evidence_required_by },
    ]);
    const { alerts } = await rig.state(request_id);
    expect(alerts).toMatchObject([{ code: 'dispute_received', answer_by: evidence_required_by }]);
    expect((await rig.get(request_id)).body).toMatchObject({ alerts: [{ answer_by: evidence_required_by }] });
    const details = await rig.handle(request_id).query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(details.currentDetails).toContain(`to be answered by ${evidence_required_by}`);
    await rig.handle(request_id).executeUpdate('acknowledge', { args: [{ who: 'mia', why: 'a test' }] });
  });
});

describe('a card that Lesspay has stored', () => {
  const stored = z.object({ id: z.string(), last_four: z.string() });
  const tokenData = (token: string) => ({
    channel_biz_data: { issuer: 'A BANK', token_data: { token, last4: '4242' } },
  });

  /** Paid with a card that is stored; the webhook with the token comes first, and then query-order shows the payment. */
  async function paidAndStored(token: string) {
    const { request_id, ...request } = methodRequest('card');
    await rig.post({ request_id, ...request });
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED', overrides: tokenData(token) });
    await waitFor(async () => (await rig.get(request_id)).body['stored_card'] !== undefined, { what: 'the card' });
    const card = stored.parse((await rig.get(request_id)).body['stored_card']);
    return { request_id, card };
  }

  const payWith = (id: string, request_id = newRequestId()) => {
    const method = { type: 'card_token', stored_card: id } as const;
    return rig.post({ ...requestOf(request_id), currency: 'USD', method });
  };

  it('is shown by its id and last four digits; its token is in no history, record, log or notification', async () => {
    const { request_id, card } = await paidAndStored(TOKEN);
    expect(card).toEqual({ id: expect.stringMatching(/^card_[0-9a-f]{32}$/), last_four: '4242' });
    const result = await rig.result(request_id);
    expect(await eventsOf(request_id, 'card_stored')).toEqual([{ stored_card: card.id, last_four: '4242' }]);
    const isTold = () => rig.sandbox.merchant.received(request_id).some(({ type }) => type === 'payin.card_stored');
    await waitFor(isTold, { what: 'the notification' });
    const payin = await rig.records.find(request_id);
    const events = await rig.records.events(request_id, { limit: 100 });
    const notifications = JSON.stringify(events.flatMap((event) => (payin ? notificationBody({ payin, event }) : [])));
    expect(notifications).toContain(card.id);
    const kept = [
      await historyOf(`payin-${request_id}`),
      textOf(result),
      textOf(payin),
      textOf(events),
      notifications,
      apiLog.join('\n'),
    ];
    expect(kept.join('\n')).not.toContain(TOKEN);
    // The history and the record have it encrypted; no event, notification or log line has it at all.
    const sealed = /\bv1\.[\w-]{40}/;
    expect(kept.slice(0, 5).map((place) => sealed.test(place))).toEqual([true, true, true, false, false]);
    expect(apiLog.filter((line) => line.includes(request_id)).join('\n')).not.toMatch(sealed);
    expect(JSON.stringify((await rig.get(request_id)).body)).not.toMatch(sealed);
  });

  it('pays by its id: Lesspay gets the token, and nothing else has it', async () => {
    const { card } = await paidAndStored(TOKEN);
    const request_id = newRequestId();
    // The client hides what was sent: so it was this token.
    rig.sandbox.faults.add({ on: 'create', request_id, code: 11, msg: `no card ${TOKEN}` });
    expect((await payWith(card.id, request_id)).body).toMatchObject({ detail: 'no card [redacted]' });
    const paid = newRequestId();
    expect(await payWith(card.id, paid)).toMatchObject({ status: 201, body: { next_step: { type: 'none' } } });
    rig.sandbox.orders.act(paid, 'pay');
    expect(await rig.result(paid)).toMatchObject({ status: 'SUCCEED' });
    expect(await historyOf(`payin-${paid}`)).not.toContain(TOKEN);
    expect(textOf(await rig.records.find(paid))).not.toContain(TOKEN);
  });

  it('is gone when its pay-in is erased; the same request still gets the same pay-in', async () => {
    const { request_id, card } = await paidAndStored(`${TOKEN}.erased`);
    await rig.result(request_id);
    const second = newRequestId();
    expect((await payWith(card.id, second)).status).toBe(201);
    await waitFor(async () => (await rig.records.find(request_id))?.status === 'SUCCEED', { what: 'the record' });
    await rig.records.erase(request_id);
    expect(textOf(await rig.records.find(request_id))).not.toMatch(/4242|\bv1\.|card_[0-9a-f]/);
    expect(textOf(await rig.records.events(request_id, { limit: 100 }))).not.toMatch(/4242|card_[0-9a-f]/);
    expect((await rig.get(request_id)).body).not.toHaveProperty('stored_card');
    expect((await payWith(card.id, second)).status).toBe(200);
    const problem = expect.stringContaining('is the id of no stored card');
    expect(await payWith(card.id)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ field: 'method.stored_card', problem }] },
    });
    rig.sandbox.orders.act(second, 'pay');
    await rig.result(second);
    expect((await payWith(card.id, second)).body).toMatchObject({ status: 'SUCCEED' });
  });

  it('is not offered while nobody but a webhook says that the order is paid', async () => {
    const { request_id, ...request } = methodRequest('card');
    await rig.post({ request_id, ...request });
    const overrides = tokenData(`${TOKEN}.unpaid`);
    await rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED', overrides });
    await waitFor(async () => textOf(await rig.records.find(request_id)).includes('stored_card'), { what: 'the card' });
    const id = /card_[0-9a-f]{32}/.exec(textOf(await rig.records.find(request_id)))?.[0] ?? '';
    expect((await rig.get(request_id)).body).not.toHaveProperty('stored_card');
    expect((await payWith(id)).status).toBe(400);
  });
});

describe('a card’s token', () => {
  it('is sent to Lesspay, and is in no history, record, log or answer', async () => {
    const { request_id, ...request } = methodRequest('card_token');
    rig.sandbox.faults.add({ on: 'create', request_id, code: 11, msg: `no such token ${TOKEN}` });
    const { body } = await rig.post({ request_id, ...request });
    expect(body).toMatchObject({ code: 'rejected', detail: 'no such token [redacted]' });
    const kept = [
      await historyOf(`payin-${request_id}`),
      textOf(await rig.result(request_id)),
      textOf(await rig.records.find(request_id)),
      textOf(await rig.records.events(request_id, { limit: 100 })),
      textOf((await rig.get(request_id)).body),
      apiLog.join('\n'),
    ];
    expect(kept.filter((place) => /\bv1\.[\w-]{40}/.test(place)).length).toBeGreaterThanOrEqual(3);
    expect(kept.join('\n')).not.toContain(TOKEN);
  });

  it('that is another one makes the content another one', async () => {
    const { request_id, ...request } = methodRequest('card_token');
    await rig.post({ request_id, ...request });
    const other = { ...request, method: { type: 'card_token' as const, token: `${TOKEN}x` } };
    expect((await rig.post({ request_id, ...other })).body['code']).toBe('other_content');
  });
});

/** All that a value holds as text: payloads, which are bytes in a history, as the text that they are. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, member]: [string, unknown]) => `${name} ${textOf(member)}`)
    .join('\n');
}

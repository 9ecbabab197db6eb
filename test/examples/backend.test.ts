import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { Webhook } from 'standardwebhooks';
import { signalNotification } from '../../client/signal-notification';
import { createBackend } from '../../examples/backend/backend';
import { ShopOrders } from '../../examples/backend/shop-orders';
import { startOverRest } from '../../examples/backend/start-over-rest';
import { startOverTemporal } from '../../examples/backend/start-over-temporal';
import type { StartPayin } from '../../examples/backend/start-payin';
import { API_KEY, jsonObject, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** `examples/backend/` against the whole product: it starts pay-ins, and the product notifies it. */

const SECRET = 'whsec_YSBzZWNyZXQgb2YgdGhlIGV4YW1wbGUncyBvd24=';
const ENDPOINT = 'shop';

let rig: PayinRig;
let start: StartPayin;
const orders = new ShopOrders();
/** What the backend answered to which notification. */
const answered: { readonly id: string; readonly status: number }[] = [];

const server = createServer(
  express()
    .use('/hooks', (request, response, next) => {
      response.on('finish', () => answered.push({ id: request.get('webhook-id') ?? '', status: response.statusCode }));
      next();
    })
    .use(createBackend(orders, (order) => start(order), SECRET)),
);
let shop: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  shop = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  rig = await startRig({
    endpoints: [{ name: ENDPOINT, url: `${shop}/hooks/pay-ins`, secrets: [SECRET], allowPrivate: true }],
  });
});
afterAll(async () => {
  await rig.close();
  server.closeAllConnections();
  server.close();
});

async function ask(method: string, path: string) {
  const response = await fetch(`${shop}${path}`, { method });
  return { status: response.status, body: jsonObject.parse(await response.json()) };
}

/** Sends a notification that this test made; the answer's HTTP status. */
async function notify(
  request_id: string,
  number: number,
  status: string,
  { secret = SECRET, type = 'payin.transition', more = {} } = {},
): Promise<number> {
  const id = `${request_id}_${number}`;
  const at = new Date();
  const payin = { request_id, status, needs_attention: false, metadata: {}, ...more };
  const event = { number, kind: type.slice('payin.'.length), data: {} };
  const timestamp = new Date(Date.UTC(2026, 10, 28) + number * 1_000).toISOString();
  const body = JSON.stringify({ type, timestamp, data: { payin, event } });
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
  return (await fetch(`${shop}/hooks/pay-ins`, { method: 'POST', headers, body })).status;
}

const shipped = (id: string) => orders.toShip.filter((one) => one === id).length;
const taken = (id: string) => answered.filter((one) => one.id.startsWith(`${id}_`) && one.status === 204);

describe.each([
  { way: 'REST', startOver: () => startOverRest(rig.apiUrl, API_KEY) },
  { way: 'Temporal', startOver: () => startOverTemporal(rig.client) },
])('a shop that starts its pay-ins over $way', ({ startOver }) => {
  beforeAll(() => {
    start = startOver();
  });

  test('learns once that an order is paid, however often it is notified', async () => {
    const { status, body } = await ask('POST', '/orders');
    expect({ status, body }).toMatchObject({ status: 200, body: { status: expect.any(String) } });
    const id = String(body['id']);
    const [order] = rig.sandbox.orders.list().filter(({ request_id }) => request_id === id);
    expect(body['checkout_url']).toBe(order?.checkout_url);
    // The payer came back, and goes to pay once more: it is the same order.
    expect(await ask('POST', `/orders/${id}/checkout`)).toMatchObject({
      body: { id, checkout_url: order?.checkout_url },
    });

    rig.sandbox.orders.act(id, 'pay');
    await waitFor(() => orders.find(id)?.status === 'SUCCEED', { what: 'the notification of SUCCEED' });
    expect(await ask('GET', `/orders/${id}`)).toEqual({ status: 200, body: { id, status: 'SUCCEED' } });
    const ids = taken(id).map((one) => one.id);

    await signalNotification(rig.client, { request_id: id, endpoint: ENDPOINT }, 'resend', { from: 1 });
    await waitFor(() => taken(id).length === 2 * ids.length, { what: 'all notifications, sent again' });
    expect(taken(id).map((one) => one.id)).toEqual([...ids, ...ids]);
    expect(orders.find(id)?.status).toBe('SUCCEED');
    expect(shipped(id)).toBe(1);
    // The page can't be used any more, so there is none.
    expect(await ask('POST', `/orders/${id}/checkout`)).toEqual({ status: 202, body: { id, status: 'SUCCEED' } });
  });
});

test('a shop refuses a forged notification, and learns nothing from it', async () => {
  const { id } = orders.add();
  expect(await notify(id, 3, 'SUCCEED', { secret: 'whsec_YSBzZWNyZXQgb2Ygc29tZWJvZHkgZWxzZSdz' })).toBe(401);
  const unsigned = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  expect((await fetch(`${shop}/hooks/pay-ins`, unsigned)).status).toBe(401);
  expect([orders.find(id)?.status, shipped(id)]).toEqual(['NEW', 0]);
});

test('a shop takes an event that comes late, and goes by the newest one', async () => {
  const { id } = orders.add();
  expect(await notify(id, 5, 'SUCCEED')).toBe(204);
  expect(await notify(id, 3, 'PENDING_PAY')).toBe(204);
  expect([orders.find(id)?.status, shipped(id)]).toEqual(['SUCCEED', 1]);
});

test('a shop counts each dispute once, also one that comes late, and ships once', async () => {
  const { id } = orders.add();
  const type = 'payin.dispute';
  for (const number of [5, 5, 4, 6, 6]) expect(await notify(id, number, 'SUCCEED', { type })).toBe(204);
  expect(orders.toAnswer.filter((one) => one === id)).toHaveLength(3);
  expect(shipped(id)).toBe(1);
});

test('a shop keeps the card that Lesspay has stored, by the order of its customer', async () => {
  const { id } = orders.add();
  const stored_card = { id: `card_${'0'.repeat(32)}`, last_four: '4242' };
  expect(await notify(id, 4, 'SUCCEED', { type: 'payin.card_stored', more: { stored_card } })).toBe(204);
  expect(orders.storedCards.get(id)).toEqual(stored_card);
});

test('a shop does not take a notification of an order that it does not know', async () => {
  expect(await notify('nobody-knows-it', 3, 'SUCCEED')).toBe(404);
});

test('a shop that can not start a pay-in names its order, so that the same one can be tried again', async () => {
  const error = jest.spyOn(console, 'error').mockReturnValue();
  start = startOverRest(rig.apiUrl, 'a wrong key');
  const { status, body } = await ask('POST', '/orders');
  expect({ status, body }).toEqual({ status: 502, body: { id: expect.any(String), status: 'NEW' } });
  expect(String(error.mock.calls[0]?.[1])).toContain('401 unauthenticated');
  error.mockRestore();
  start = startOverRest(rig.apiUrl, API_KEY);
  expect(await ask('POST', `/orders/${String(body['id'])}/checkout`)).toMatchObject({
    status: 200,
    body: { checkout_url: expect.any(String) },
  });
});

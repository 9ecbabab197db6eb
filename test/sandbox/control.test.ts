import { request } from 'node:http';
import { waitFor } from '../machinery/wait-for';
import { closeAll, openRig, type Rig } from './rig';

afterEach(closeAll);

const json = async (response: Promise<Response>): Promise<unknown> => (await response).json();

test('faults are added, listed and removed', async () => {
  const rig = await openRig();
  const added = await rig.control('POST', '/faults', { on: 'create', http_status: 500 });
  expect(added.status).toBe(201);
  expect(await added.json()).toEqual({ id: 'f1', on: 'create', times: 1, http_status: 500 });
  await rig.control('POST', '/faults', { on: 'webhook', lose: true, times: 0 });
  expect(await json(rig.control('GET', '/faults'))).toMatchObject([{ id: 'f1' }, { id: 'f2', times: null }]);
  expect((await rig.control('DELETE', '/faults/f1')).status).toBe(204);
  expect((await rig.control('DELETE', '/faults/f1')).status).toBe(404);
  expect((await rig.control('DELETE', '/faults')).status).toBe(204);
  expect(rig.sandbox.faults.list()).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['an unknown field', { on: 'create', htp_status: 500, code: 1 }, 'htp_status'],
  ["another call's field", { on: 'create', lose: true }, 'lose'],
  ["a webhook's delay by its wrong name", { on: 'webhook', delay_ms: 5, lose: true }, 'delay_ms'],
  ['no call', { http_status: 500 }, 'on'],
  ['a wrong value', { on: 'query', http_status: '500' }, 'http_status'],
  ['nothing that goes wrong', { on: 'query', times: 3 }, 'has no effect: add what goes wrong'],
  ['a time less than none', { on: 'query', hide: true, times: -1 }, 'times'],
  ['no fault at all', [], 'expected object'],
])('a fault with %s is refused, and the field named', async (_what, fault, name) => {
  const rig = await openRig();
  const response = await rig.control('POST', '/faults', fault);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(name);
  expect(rig.sandbox.faults.list()).toEqual([]);
});

test.each([
  ['pay', {}, 'SUCCEED'],
  ['pay-different', { amount: '42' }, 'PAID'],
  ['decline', {}, 'FAILED'],
  ['cancel', {}, 'CANCELED'],
  ['expire', {}, 'CLOSED'],
])('an order can be made to %s', async (action, body, status) => {
  const rig = await openRig();
  await rig.create();
  expect(await json(rig.control('POST', `/orders/4711/${action}`, body))).toMatchObject({ request_id: '4711', status });
  expect(await json(rig.control('GET', '/orders/4711'))).toMatchObject({ status });
  expect(await json(rig.control('GET', '/orders'))).toMatchObject([{ request_id: '4711', status }]);
});

test('only a paid order is refunded, and a settled one is not settled again, unless by force', async () => {
  const rig = await openRig();
  await rig.create();
  const post = (path: string, body?: unknown) => rig.control('POST', `/orders/4711/${path}`, body);
  expect(await (await post('refund')).json()).toMatchObject({
    code: 'order_settled',
    message: expect.stringContaining('Pay it first'),
  });
  expect((await post('expire')).status).toBe(200);
  expect((await post('pay')).status).toBe(409);
  expect(await json(post('pay', { force: true }))).toMatchObject({ status: 'SUCCEED' });
  expect(await json(post('refund'))).toMatchObject({ status: 'REFUND' });
});

test('what can not be done says so', async () => {
  const rig = await openRig();
  await rig.create();
  expect((await rig.control('POST', '/orders/4712/pay')).status).toBe(404);
  expect((await rig.control('POST', '/orders/4711/pay-different', { amount: 'much' })).status).toBe(400);
  expect(await (await rig.control('POST', '/orders/4711/pay', { ammount: '1' })).text()).toContain('ammount');
  expect((await rig.control('GET', '/order')).status).toBe(404);
  expect((await rig.control('PATCH', '/settings', { new_order_status: 'PAID' })).status).toBe(400);
});

test('webhooks are crafted over HTTP as in-process', async () => {
  const rig = await openRig();
  await rig.create();
  const sent = rig.control('POST', '/webhooks', { request_id: '4711', status: 'SUCCEED', version: 'v1' });
  expect(await json(sent)).toEqual({ http_status: 200, text: 'SUCCESS' });
  expect(rig.merchant.received[0]).toMatchObject({
    signed: true,
    json: { api_version: 'v1', order_status: 'SUCCEED' },
  });
  expect((await rig.control('POST', '/webhooks', { request_id: '4711', sttus: 'PAID' })).status).toBe(400);
});

test('calls are counted, in all and for each order', async () => {
  const rig = await openRig();
  await rig.create();
  await rig.create();
  await rig.create({ request_id: '4712' });
  await rig.query();
  rig.sandbox.orders.act('4712', 'pay');
  await waitFor(() => rig.sandbox.calls().webhooks_acknowledged === 1, { what: 'the webhook' });
  expect(await json(rig.control('GET', '/calls'))).toEqual({
    create_calls: 3,
    orders_created: 2,
    query_calls: 1,
    webhooks_sent: 1,
    webhooks_acknowledged: 1,
  });
  expect(await json(rig.control('GET', '/calls?request_id=4711'))).toMatchObject({
    create_calls: 2,
    orders_created: 1,
    webhooks_sent: 0,
  });
});

describe('a web page elsewhere can not reach in', () => {
  /** `fetch` would not let a test choose these headers. */
  const statusWith = (rig: Rig, headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        `${rig.sandbox.url}/control/orders/4711/pay`,
        { method: 'POST', headers },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      outgoing.once('error', reject).end();
    });

  test.each([
    { host: 'evil.example' },
    { host: 'localhost.evil.example:4010' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ])('by %j', async (headers) => {
    const rig = await openRig();
    await rig.create();
    expect(await statusWith(rig, headers)).toBe(403);
    expect(rig.sandbox.orders.get('4711').status).toBe('PENDING_PAY');
  });

  test.each([
    { host: 'localhost:4010' },
    { host: '127.0.0.1' },
    { host: '[::1]:4010' },
    { origin: 'http://localhost:3000' },
  ])('but this machine can, by %j', async (headers) => {
    const rig = await openRig();
    await rig.create();
    expect(await statusWith(rig, headers)).toBe(200);
  });

  test('nor read anything: no CORS', async () => {
    const rig = await openRig();
    const response = await rig.control('OPTIONS', '/faults', undefined, { 'access-control-request-method': 'POST' });
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

import type { FaultInput } from '../../sandbox/faults';
import { waitFor } from '../machinery/wait-for';
import { closeAll, openRig, orderRequest, type Rig } from './rig';

afterEach(closeAll);

type CreateFault = Omit<Extract<FaultInput, { on: 'create' }>, 'on'>;

const created = (rig: Rig) => rig.sandbox.orders.list().length === 1;
const rawCreate = (rig: Rig) => rig.send('create-order', orderRequest());

const UNREADABLE = undefined;
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
};

test.each<[string, CreateFault, number, boolean, unknown]>([
  ['an HTTP 500 without effect', { http_status: 500 }, 500, false, { status: 500 }],
  ['an HTTP 500 although it took effect', { http_status: 500, takes_effect: true }, 500, true, { status: 500 }],
  ['a business code without effect', { code: 10, msg: 'busy' }, 200, false, { code: 10, msg: 'busy', data: null }],
  ['a business code although it took effect', { code: 12, takes_effect: true }, 200, true, { code: 12, data: null }],
  ['an HTML body after taking effect', { body: 'html' }, 200, true, UNREADABLE],
  ['truncated JSON after taking effect', { body: 'truncated' }, 200, true, UNREADABLE],
  ['an empty body after taking effect', { body: 'empty' }, 200, true, UNREADABLE],
  ['a body that is no JSON after taking effect', { body: 'not_json' }, 200, true, UNREADABLE],
  ["a gateway's page", { http_status: 503, body: 'html' }, 503, false, UNREADABLE],
])('create-order answers with %s, once', async (_what, fault, http_status, effect, body) => {
  const rig = await openRig();
  rig.sandbox.faults.add({ on: 'create', ...fault });
  const response = await rawCreate(rig);
  expect(response.status).toBe(http_status);
  expect({ body: parsed(await response.text()) }).toMatchObject({ body });
  expect(created(rig)).toBe(effect);
  expect((await rig.create()).code).toBe(effect ? 1201 : 0);
});

test('an HTML body says that it is HTML', async () => {
  const rig = await openRig();
  rig.sandbox.faults.add({ on: 'create', body: 'html' });
  expect((await rawCreate(rig)).headers.get('content-type')).toContain('text/html');
});

test.each<[string, CreateFault, boolean, string]>([
  ['dropped before taking effect', { drop: 'before' }, false, 'UND_ERR_SOCKET'],
  ['dropped after taking effect', { drop: 'after' }, true, 'UND_ERR_SOCKET'],
  ['reset before taking effect', { reset: true }, false, 'ECONNRESET'],
  ['reset after taking effect', { reset: true, drop: 'after' }, true, 'ECONNRESET'],
])('the connection of create-order is %s', async (_what, fault, effect, code) => {
  const rig = await openRig();
  rig.sandbox.faults.add({ on: 'create', ...fault });
  await expect(rawCreate(rig)).rejects.toMatchObject({ cause: { code } });
  expect(created(rig)).toBe(effect);
});

test('a delay holds the answer back in real time, and combines with another fault', async () => {
  const rig = await openRig();
  rig.sandbox.faults.add({ on: 'create', delay_ms: 150, http_status: 500 });
  const start = performance.now();
  expect((await rawCreate(rig)).status).toBe(500);
  expect(performance.now() - start).toBeGreaterThan(140);
});

test('an answer can be held back after the call took effect', async () => {
  const rig = await openRig();
  rig.sandbox.faults.add({ on: 'create', answer_delay_ms: 600_000 });
  const answer = rawCreate(rig).catch(() => 'ended');
  await waitFor(() => created(rig), { what: 'the order' });
  expect((await rig.create()).code).toBe(1201);
  await rig.sandbox.close();
  expect(await answer).toBe('ended');
});

test('close does not wait for a delayed answer', async () => {
  const rig = await openRig();
  rig.sandbox.faults.add({ on: 'create', delay_ms: 600_000 });
  const answer = rawCreate(rig).then(
    () => 'answered',
    () => 'ended',
  );
  while (rig.sandbox.calls().create_calls === 0) await new Promise(setImmediate);
  await rig.sandbox.close();
  expect(await answer).toBe('ended');
});

test('a fault is used as often as it says, 0 and null meaning until it is removed', async () => {
  const { sandbox, query, create } = await openRig();
  await create();
  const codes = async (count: number) => {
    const seen = [];
    while (seen.length < count) seen.push((await query()).code);
    return seen;
  };
  sandbox.faults.add({ on: 'query', code: 10, times: 2 });
  expect(await codes(3)).toEqual([10, 10, 0]);
  for (const times of [0, null]) {
    const { id } = sandbox.faults.add({ on: 'query', code: 12, times });
    expect(await codes(3)).toEqual([12, 12, 12]);
    expect(sandbox.faults.remove(id)).toBe(true);
    expect(await codes(1)).toEqual([0]);
  }
});

test('a fault with a request_id spoils that order only, by whichever id it is asked for', async () => {
  const { sandbox, query, create } = await openRig();
  const id = (await create()).order?.pay_order_id;
  await create({ request_id: '4712' });
  sandbox.faults.add({ on: 'query', request_id: '4711', code: 10, times: null });
  sandbox.faults.add({ on: 'create', request_id: '4711', code: 10 });
  expect((await query({ request_id: '4712' })).code).toBe(0);
  expect((await query()).code).toBe(10);
  expect((await query({ request_id: undefined, pay_order_id: id })).code).toBe(10);
  expect((await query({ request_id: undefined })).code).toBe(0);
  expect((await create({ request_id: '4713' })).code).toBe(0);
});

test('a query can show a stale status, an unknown word, another amount, currency or id, or nothing at all', async () => {
  const { sandbox, query, create } = await openRig();
  await create();
  sandbox.orders.act('4711', 'pay');
  const row = async () => (await query()).page?.list[0];
  sandbox.faults.add({ on: 'query', status: 'PENDING_PAY' });
  expect(await row()).toMatchObject({ order_status: 'PENDING_PAY', order_status_int: 1 });
  sandbox.faults.add({ on: 'query', status: 'ON_HOLD', amount: '99.00' });
  expect(await row()).toMatchObject({ order_status: 'ON_HOLD', order_status_int: 99, target_amount: '99.00' });
  sandbox.faults.add({ on: 'query', currency: 'USDC' });
  expect(await row()).toMatchObject({ target_currency: 'USDC', target_amount: '100.00' });
  sandbox.faults.add({ on: 'query', row_request_id: '4712', row_pay_order_id: 'P2' });
  expect(await row()).toMatchObject({ request_id: '4712', pay_order_id: 'P2', order_status: 'SUCCEED' });
  sandbox.faults.add({ on: 'query', hide: true });
  expect(await query()).toMatchObject({ code: 1202 });
  sandbox.faults.add({ on: 'query', hide: true });
  expect(await query({ request_id: undefined })).toMatchObject({ code: 0, data: { list: [], total: 0 } });
  expect(await row()).toMatchObject({
    request_id: '4711',
    order_status: 'SUCCEED',
    target_amount: '100.00',
    target_currency: 'USDT',
  });
});

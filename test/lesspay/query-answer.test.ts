import type { Order } from '../../lesspay/answer-schemas';
import { LesspayError } from '../../lesspay/errors';
import { readQueryAnswer, type AskedOrder } from '../../lesspay/query-answer';

const ASKED = { request_id: 'order-4711' };
const ROW = { request_id: 'order-4711', pay_order_id: 'P1', order_status: 'PENDING_PAY' };

const readText = (text: string, asked: AskedOrder = ASKED, status = 200): Order | undefined =>
  readQueryAnswer({ status, text }, asked, (shown) => shown);
const read = (data: unknown, asked?: AskedOrder): Order | undefined =>
  readText(JSON.stringify({ code: 0, msg: 'SUCCESS', data }), asked);

function failure(attempt: () => unknown): LesspayError {
  try {
    throw new Error(`accepted: ${JSON.stringify(attempt())}`);
  } catch (error) {
    if (error instanceof LesspayError) return error;
    throw error;
  }
}
const unreadable = { kind: 'unreadable', effect: 'did_not' };

describe('an order is found in', () => {
  const order = { request_id: 'order-4711', pay_order_id: 'P1', status: 'PENDING_PAY' };

  it.each([
    ['one order', ROW],
    ['an order that has items', { ...ROW, items: [{ sku: 1 }, { sku: 2 }] }],
    ['an array', [{ ...ROW, request_id: 'other' }, ROW]],
    ['list', { total: 1, list: [ROW] }],
    ['records', { records: [ROW] }],
    ['rows', { rows: [ROW] }],
    ['items', { items: [ROW] }],
    ['orders', { status: 'ok', orders: [ROW] }],
    ['an order in order_data', { order_data: ROW }],
    ['a page in page', { page: { total: 1, records: [ROW] } }],
    ['an array in data', { data: [ROW] }],
    ['camelCase', { requestId: 'order-4711', payOrderId: 'P1', orderStatus: 'PENDING_PAY' }],
    ['a row whose status is a number', [{ ...ROW, order_status: 1 }]],
    ['a row whose status is a number in text', [{ ...ROW, order_status: '1' }]],
    ['a row with order_status_int alone', [{ requestId: 'order-4711', payOrderId: 'P1', orderStatusInt: 1 }]],
    [
      'a row with status',
      [{ request_id: 'order-4711', pay_order_id: 'P1', order_status: null, status: 'PENDING_PAY' }],
    ],
    ['two rows that say the same', [ROW, ROW]],
  ])('%s', (_shape, data) => {
    expect(read(data)).toEqual(order);
  });
});

it('keeps every digit of an amount, and all that is echoed', () => {
  const text = `{"code":0,"data":{"request_id":"order-4711","order_status":2,"target_amount":12345678901234567890.10,"target_currency":"USDT",
    "product_name":"A & B","description":"","success_url":null,"fail_url":"https://m.example.com/f","checkout_url":"https://pay.example.com/P1"}}`;
  expect(readText(text)).toStrictEqual({
    request_id: 'order-4711',
    status: 'SUCCEED',
    amount: '12345678901234567890.10',
    currency: 'USDT',
    product_name: 'A & B',
    fail_url: 'https://m.example.com/f',
    checkout_url: 'https://pay.example.com/P1',
  });
});

it.each([
  ['{"target_amount":"100.00","amount":"90"}', '100.00'],
  ['{"targetAmount":1e2}', '100'],
  ['{"amount":"99.5"}', '99.5'],
])('reads the amount of %s as %s', (members, amount) => {
  const row = `{"request_id":"order-4711","order_status":"PAID",${members.slice(1)}`;
  expect(readText(`{"code":0,"data":[${row}]}`)?.amount).toBe(amount);
});

it('keeps a status it does not know', () => {
  expect(read([{ ...ROW, order_status: 'FROZEN' }])?.status).toBe('FROZEN');
  expect(read([{ ...ROW, order_status: 77 }])?.status).toBe('77');
});

it('leaves out a checkout URL that is none', () => {
  expect(read([{ ...ROW, checkout_url: 'javascript:alert(1)' }])).not.toHaveProperty('checkout_url');
});

it('prefers the row with the pay_order_id asked for', () => {
  const rows = [ROW, { ...ROW, request_id: 'other', pay_order_id: 'P2', order_status: 'SUCCEED' }];
  expect(read(rows, { request_id: 'order-4711', pay_order_id: 'P2' })).toMatchObject({
    pay_order_id: 'P2',
    status: 'SUCCEED',
  });
  expect(read(rows, { request_id: 'order-4711', pay_order_id: 'P3' })).toMatchObject({ pay_order_id: 'P1' });
  expect(read(rows, { pay_order_id: 'P2' })).toMatchObject({ request_id: 'other' });
});

describe('asked for by its request_id, with its pay_order_id known, the order is', () => {
  const known = { request_id: 'order-4711', pay_order_id: 'P1' };
  const readKnown = (data: unknown) =>
    readQueryAnswer(
      { status: 200, text: JSON.stringify({ code: 0, data }) },
      { request_id: 'order-4711' },
      (shown) => shown,
      known,
    );
  const elsewhere = { ...ROW, request_id: 'somebody', order_status: 'SUCCEED' };

  it.each([
    ['its own row', [ROW], ROW],
    ['its own row, beside one with half its ids', [elsewhere, ROW], ROW],
    ["the row with its pay_order_id under somebody else's request_id", [elsewhere], elsewhere],
    ['the row with its pay_order_id alone', [{ ...ROW, request_id: null }], { pay_order_id: 'P1' }],
    ['the row with its request_id and another pay_order_id', [{ ...ROW, pay_order_id: 'P2' }], { pay_order_id: 'P2' }],
  ])('%s', (_what, rows, { order_status: _status, ...ids }: Partial<typeof ROW>) => {
    expect(readKnown(rows)).toMatchObject(ids);
  });

  it("not found among somebody else's", () => {
    expect(readKnown([{ ...ROW, request_id: 'somebody', pay_order_id: 'P2' }])).toBeUndefined();
  });

  it('not said to be missing by a row that may be about its request_id', () => {
    expect(failure(() => readKnown([{ ...ROW, request_id: null, pay_order_id: 'P2' }]))).toMatchObject({
      kind: 'unreadable',
    });
  });
});

describe('an order is surely not found when', () => {
  it.each([
    ['data is null', null],
    ['data is missing', undefined],
    ['data is an empty array', []],
    ['a page is empty', { list: [], total: 0 }],
    ['a page has no list', { list: null, total: 0 }],
    ['a nested page is empty', { page: { records: [] } }],
    [
      'all rows are of other orders',
      [
        { ...ROW, request_id: 'a' },
        { ...ROW, request_id: 'order-47110' },
      ],
    ],
  ])('%s', (_what, data) => {
    expect(read(data)).toBeUndefined();
  });

  it.each([
    [200, 1202],
    [200, 5003],
    [404, 1202],
    [400, 5003],
  ])('HTTP %i has code %i', (status, code) => {
    expect(readText(JSON.stringify({ code, msg: 'not found' }), ASKED, status)).toBeUndefined();
  });
});

describe('an answer is unreadable, and never "not found", when', () => {
  it.each([
    ['the row has no status', [{ request_id: 'order-4711', pay_order_id: 'P1' }]],
    ['the status is empty', [{ ...ROW, order_status: '' }]],
    ['the status is true', [{ ...ROW, order_status: true }]],
    ['the status is an object', [{ ...ROW, order_status: { code: 2 } }]],
    ['the status is a novel', [{ ...ROW, order_status: 'x'.repeat(65) }]],
    ['the order id is none', [{ ...ROW, pay_order_id: '../P1' }]],
    ['the amount is no decimal', [{ ...ROW, target_amount: '100 USDT' }]],
    ['the amount is an object', [{ ...ROW, target_amount: { value: '1' } }]],
    ['the currency is an object', [{ ...ROW, target_currency: {} }]],
    ['the one row names no order', [{ order_status: 'SUCCEED' }]],
    ['one order names no order', { order_status: 'SUCCEED' }],
    ['the one row names only another kind of id', [{ pay_order_id: 'P1', order_status: 'SUCCEED' }]],
    ['one of several rows names no order', [{ ...ROW, request_id: 'other' }, { order_status: 'SUCCEED' }]],
    ['an order with items has no status', { request_id: 'order-4711', items: [{ sku: 1 }] }],
    ['the id is an object', [{ ...ROW, request_id: { value: 'order-4711' } }]],
    ['data is an object of another shape', { total: 1 }],
    ['data is empty', {}],
    ['data is a word', 'SUCCEED'],
    ['data is empty text', ''],
    ['data is a number', 1],
    ['data is false', false],
    ['a row is null', [null]],
    ['a row is text', ['order-4711']],
    ['two rows of the same id disagree', [ROW, { ...ROW, order_status: 'SUCCEED' }]],
    ['a second row of the same id can’t be read', [ROW, { ...ROW, order_status: null }]],
    ['a full page is of other orders', Array.from({ length: 20 }, (_, n) => ({ ...ROW, request_id: `other-${n}` }))],
  ])('%s', (_what, data) => {
    expect(failure(() => read(data))).toMatchObject(unreadable);
  });

  it.each(['{"code":0,"data":[', '[]', '{"data":null}', '{"code":"OK","data":null}'])('the body is %j', (text) => {
    expect(failure(() => readText(text))).toMatchObject(unreadable);
  });
});

it.each([
  [200, '', 'unavailable'],
  [200, 'null', 'unavailable'],
  [200, 'welcome', 'unavailable'],
  [200, '<html></html>', 'unavailable'],
  [400, '<html></html>', 'unavailable'],
  [401, '<html></html>', 'unavailable'],
  [403, '<html></html>', 'unavailable'],
  [403, '{"message":"Forbidden"}', 'unavailable'],
  [404, '<html></html>', 'misdirected'],
  [200, 10, 'unavailable'],
  [200, 12, 'unavailable'],
  [200, 1201, 'unavailable'],
  [200, 777, 'unavailable'],
  [200, 11, 'refused'],
  [200, 5004, 'credentials'],
  [302, '', 'misdirected'],
  [401, '', 'credentials'],
  [401, 1202, 'credentials'],
  [403, 5004, 'credentials'],
  [404, '{}', 'misdirected'],
  [408, 1202, 'unavailable'],
  [429, 1202, 'rate_limited'],
  [500, 1202, 'unavailable'],
  [503, '', 'unavailable'],
] as const)('HTTP %i with %j is %s, not "not found"; a query takes no effect', (status, code, kind) => {
  const text = typeof code === 'string' ? code : JSON.stringify({ code, msg: 'why' });
  expect(failure(() => readText(text, ASKED, status))).toMatchObject({ kind, effect: 'did_not', http_status: status });
});

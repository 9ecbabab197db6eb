import { readListAnswer } from '../../lesspay/list-answer';
import { client, failure, lesspay, NOW, says } from './lesspay-server';

const ROW = { request_id: 'order-1', pay_order_id: 'P1', order_status: 'SUCCEED' };
const ORDER = { request_id: 'order-1', pay_order_id: 'P1', status: 'SUCCEED' };
const LIST = { start_time: NOW - 86_400_000, end_time: NOW, page: 3, page_size: 500 };

const read = (data: unknown) =>
  readListAnswer({ status: 200, text: JSON.stringify({ code: 0, msg: 'SUCCESS', data }) }, (shown) => shown);

it.each([
  ['an array', [ROW], {}],
  ['a list with a total', { total: 5000, list: [ROW] }, { total: 5000 }],
  ['records with a total in text', { totalCount: '7', records: [ROW] }, { total: 7 }],
  ['a page in page', { page: { total: 12, rows: [ROW] } }, { total: 12 }],
  ['an array in data beside a total', { total: 1, data: [ROW] }, { total: 1 }],
  ['a total that is no number', { total: 'many', list: [ROW] }, {}],
  ['one order', ROW, {}],
])('the orders in %s', (_shape, data, total) => {
  expect(read(data)).toEqual({ rows: [{ readable: true, order: ORDER }], ...total });
});

it.each([
  ['nothing', null, {}],
  ['an empty array', [], {}],
  ['an empty list', { total: 40, list: [] }, { total: 40 }],
  ['a list that is null', { list: null }, {}],
  ['a page object without a list, of no orders', { total: 0, page: 1 }, { total: 0 }],
])('%s is a page without rows', (_shape, data, total) => {
  expect(read(data)).toEqual({ rows: [], ...total });
});

it.each([
  ['no status', { ...ROW, order_status: null }, { request_id: 'order-1', pay_order_id: 'P1' }],
  ['an amount that is none', { ...ROW, target_amount: 'a lot' }, { request_id: 'order-1', pay_order_id: 'P1' }],
  ['no id', { order_status: 'SUCCEED' }, {}],
  ['an id that is none', { ...ROW, pay_order_id: 'P 1' }, { request_id: 'order-1', pay_order_id: 'P 1' }],
  ['a row that is none', 'SUCCEED', {}],
  ['a page object that can’t be understood', undefined, {}],
])('a row with %s is not dropped', (_what, row, ids) => {
  const data = row === undefined ? { total: 3, orderLines: 'compressed' } : [ROW, row];
  expect(read(data).rows.at(-1)).toEqual({ readable: false, ids });
});

it('a page of a time range is asked for, without any id', async () => {
  lesspay.answer = says(200, { code: 0, msg: 'SUCCESS', data: { list: [ROW], total: 1001 } });
  expect(await client().listOrders(LIST)).toEqual({ rows: [{ readable: true, order: ORDER }], total: 1001 });
  expect(lesspay.asked.map(({ text }) => JSON.parse(text))).toEqual([LIST]);
});

it('"not found" is a page without rows', async () => {
  lesspay.answer = says(200, { code: 1202, msg: 'data not found' });
  expect(await client().listOrders(LIST)).toEqual({ rows: [] });
});

it('a page of a thousand rows may be larger than one order’s answer', async () => {
  const list = Array.from({ length: 1_000 }, (_, index) => ({
    ...ROW,
    request_id: `order-${index}`,
    note: 'x'.repeat(2_000),
  }));
  lesspay.answer = says(200, { code: 0, msg: 'SUCCESS', data: { list } });
  expect((await client().listOrders({ ...LIST, page_size: 1_000 })).rows).toHaveLength(1_000);
});

it.each([
  ['page', { page: 0 }],
  ['page_size', { page_size: 1_001 }],
  ['end_time', { start_time: NOW - 8 * 86_400_000 }],
])('%s that breaks a limit is not sent', async (field, wrong) => {
  const error = await failure(client().listOrders({ ...LIST, ...wrong }));
  expect(error).toMatchObject({ kind: 'invalid_request', fields: [{ field }] });
  expect(lesspay.asked).toEqual([]);
});

it.each([
  ['an HTTP 503', says(503, ''), 'unavailable'],
  ["a CDN's 403 page", says(403, '<html>no</html>'), 'unavailable'],
  ["a CDN's 400 page", says(400, '<html>no</html>'), 'unavailable'],
  ["a CDN's page for success", says(200, '<html>welcome</html>'), 'unavailable'],
  ['a truncated page', says(200, '{"code":0,"data":{"list":[{"request_id":"o'), 'unreadable'],
  ['bad credentials', says(200, { code: 5004, msg: 'no' }), 'credentials'],
  ['a parameter it does not like', says(200, { code: 11, msg: 'page out of range' }), 'refused'],
])('%s is an error', async (_what, answer, kind) => {
  lesspay.answer = answer;
  expect(await failure(client().listOrders(LIST))).toMatchObject({ kind, effect: 'did_not' });
});

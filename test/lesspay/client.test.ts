import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import { createLesspayClient } from '../../lesspay/client';
import { requestSignature } from '../../lesspay/signature';
import { address, APP_ID, client, failure, lesspay, NOW, ORDER, QUERY, says, SECRET } from './lesspay-server';

describe('create-order', () => {
  it('sends the text it signed, with the three headers', async () => {
    lesspay.answer = says(200, {
      code: 0,
      msg: 'SUCCESS',
      data: { pay_order_id: 'P1', checkout_url: 'https://pay.example.com/P1' },
    });
    const created = await client().createOrder({ ...ORDER, product_name: 'Café & 咖啡', expired_time: 1800 });
    expect(created).toEqual({ pay_order_id: 'P1', next_step: { type: 'redirect', url: 'https://pay.example.com/P1' } });
    const [{ request, text } = { request: undefined, text: '' }] = lesspay.asked;
    expect(request).toMatchObject({ method: 'POST', url: '/api/global/v1/pay/create-order' });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-auth-appid': APP_ID,
      'x-auth-timestamp': '1766992517141',
      'x-auth-signature': requestSignature(text, SECRET),
    });
    expect(JSON.parse(text)).toEqual({
      ...ORDER,
      product_name: 'Café & 咖啡',
      expired_time: 1800,
      pay_access_type: 1,
      api_version: 'V2',
      transaction_type: 'PAY_IN',
    });
  });

  it('sends nothing that breaks a limit', async () => {
    const error = await failure(client().createOrder({ ...ORDER, request_id: 'x'.repeat(21), description: 'a&b=c' }));
    expect(error).toMatchObject({ kind: 'invalid_request', effect: 'did_not' });
    expect(error.fields.map(({ field }) => field)).toEqual(['request_id', 'description']);
    expect(lesspay.asked).toHaveLength(0);
  });

  it.each([
    ['a business error', says(200, { code: 11, msg: 'amount too small' }), 'refused', 'did_not'],
    ['a duplicate', says(200, { code: 1201, msg: 'duplicate' }), 'duplicate', 'did_not'],
    ['a bad signature', says(401, ''), 'credentials', 'did_not'],
    ['an HTTP 500', says(500, { code: 11 }), 'unavailable', 'may_have'],
    ['an HTML page', says(200, '<html>welcome</html>', { 'content-type': 'text/html' }), 'unavailable', 'may_have'],
    ["a firewall's page", says(403, '<html>no</html>', { 'content-type': 'text/html' }), 'unavailable', 'may_have'],
    ['truncated JSON', says(200, '{"code":0,"data":{"pay_order_id":"P1"'), 'unreadable', 'may_have'],
    ['a reset', (request: IncomingMessage) => void request.socket.resetAndDestroy(), 'connection_lost', 'may_have'],
    ['a closed connection', (request: IncomingMessage) => void request.socket.destroy(), 'connection_lost', 'may_have'],
  ] as const)('answered with %s', async (_what, listener, kind, effect) => {
    lesspay.answer = listener;
    expect(await failure(client().createOrder(ORDER))).toMatchObject({ kind, effect });
    expect(lesspay.asked).toHaveLength(1);
  });

  it('may have taken effect when the connection breaks within the body', async () => {
    lesspay.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"code":0,', () => response.destroy());
    };
    expect(await failure(client().createOrder(ORDER))).toMatchObject({ kind: 'connection_lost', effect: 'may_have' });
  });

  it('surely did not when nothing listens', async () => {
    const lonely = client();
    await once(lesspay.server.close(), 'close');
    expect(await failure(lonely.createOrder(ORDER))).toMatchObject({ kind: 'unreachable', effect: 'did_not' });
  });

  it('surely did not when the other side speaks no TLS', async () => {
    const error = await failure(client({ baseUrl: `https://${address()}` }).createOrder(ORDER));
    expect(error).toMatchObject({ kind: 'unreachable', effect: 'did_not' });
  });

  it('takes a connection of its own, and none that a query has left and the other side may be closing', async () => {
    lesspay.answer = says(200, { code: 0, data: null });
    const kept = client();
    await kept.queryOrder(QUERY);
    await kept.queryOrder(QUERY);
    await failure(kept.createOrder(ORDER));
    await failure(kept.createOrder(ORDER));
    const [first, second, ...creates] = lesspay.asked.map(({ request }) => request.socket);
    expect(second).toBe(first); // queries share one
    expect(new Set([first, ...creates]).size).toBe(3);
  });

  it('follows no redirect', async () => {
    lesspay.answer = says(307, '', { location: '/api/global/v1/pay/elsewhere' });
    expect(await failure(client().createOrder(ORDER))).toMatchObject({
      kind: 'misdirected',
      effect: 'may_have',
      http_status: 307,
    });
    expect(lesspay.asked).toHaveLength(1);
  });
});

describe('query-order', () => {
  it('asks for one order and keeps every digit of what it says', async () => {
    const row =
      '{"request_id":"order-4711","payOrderId":"P1","order_status":12,"target_amount":100.00,"target_currency":"USDT"}';
    lesspay.answer = says(200, `{"code":0,"msg":"SUCCESS","data":{"total":1,"list":[${row}]}}`);
    expect(await client().queryOrder(QUERY)).toEqual({
      request_id: 'order-4711',
      pay_order_id: 'P1',
      status: 'PAID',
      amount: '100.00',
      currency: 'USDT',
    });
    const [{ request, text } = { request: undefined, text: '' }] = lesspay.asked;
    expect(request?.url).toBe('/api/global/v1/pay/query-order');
    expect(request?.headers['x-auth-signature']).toBe(requestSignature(text, SECRET));
    expect(JSON.parse(text)).toEqual({ ...QUERY, page: 1, page_size: 20 });
  });

  it("finds our order under somebody else's request_id by the pay_order_id that it does not ask for", async () => {
    const row = { request_id: 'somebody', pay_order_id: 'P1', order_status: 'SUCCEED' };
    lesspay.answer = says(200, { code: 0, data: [row] });
    const order = await client().queryOrder(QUERY, { knownPayOrderId: 'P1' });
    expect(order).toMatchObject({ request_id: 'somebody', pay_order_id: 'P1' });
    expect(lesspay.asked[0]?.text).not.toContain('pay_order_id');
    expect(await client().queryOrder(QUERY)).toBeUndefined();
  });

  it('finds nothing', async () => {
    lesspay.answer = says(200, { code: 1202, msg: 'data not found' });
    expect(await client().queryOrder(QUERY)).toBeUndefined();
  });

  it.each([
    ['a reset', (request: IncomingMessage) => void request.socket.resetAndDestroy(), 'connection_lost'],
    ['an HTTP 503', says(503, 'busy'), 'unavailable'],
    ['an HTML page', says(200, '<html></html>'), 'unavailable'],
    ["a firewall's page", says(403, '<html>no</html>'), 'unavailable'],
    ['no such path', says(404, 'no'), 'misdirected'],
  ] as const)('answered with %s takes no effect, and is never "not found"', async (_what, listener, kind) => {
    lesspay.answer = listener;
    expect(await failure(client().queryOrder(QUERY))).toMatchObject({ kind, effect: 'did_not' });
  });

  it('refuses to ask without an id', async () => {
    const error = await failure(client().queryOrder({ start_time: NOW }));
    expect(error).toMatchObject({ kind: 'invalid_request', fields: [{ field: 'request_id' }] });
  });
});

it('shows no secret and no card in an error, though Lesspay repeats them all', async () => {
  const card = { number: '4242424242424242', expiry_month: 12, expiry_year: 2027, cvv: '737' };
  const order = {
    ...ORDER,
    way_type: 'CARD_PAYMENT',
    pay_access_type: 2 as const,
    notify_url: 'https://www.example.com/notify',
    channel_extra: { extra_type: 'card' as const, card_data: card },
  };
  lesspay.answer = (request, response) => {
    const { 'x-auth-signature': signature, 'x-auth-appid': appId } = request.headers;
    const msg = `bad card ${card.number} cvv ${card.cvv} for ${String(appId)} ${String(signature)} ${SECRET}`;
    says(200, { code: 11, msg, data: { echo: JSON.stringify(order.channel_extra), signature } })(request, response);
  };
  const error = await failure(client().createOrder(order));
  expect(error.lesspay_message).toMatch(/^bad card \[redacted\] cvv \[redacted\]/);
  const signature = lesspay.asked[0]?.request.headers['x-auth-signature'];
  for (const hidden of [SECRET, APP_ID, signature, card.number, card.cvv]) {
    expect(inspect(error, { depth: 10 })).not.toContain(hidden);
  }
});

it.each([
  ['baseUrl', { baseUrl: 'lesspay.example.com' }],
  ['baseUrl', { baseUrl: 'https://user:pass@lesspay.example.com' }],
  ['baseUrl', { baseUrl: 'https://lesspay.example.com/?a=1' }],
  ['appId', { appId: '' }],
  ['appId', { appId: 'a\nb' }],
  ['secret', { secret: '' }],
  ['createTimeoutMs', { createTimeoutMs: 0 }],
])('can’t be made with a bad %s', (field, options) => {
  const make = () =>
    createLesspayClient({ baseUrl: 'https://lesspay.example.com/', appId: APP_ID, secret: SECRET, ...options });
  expect(make).toThrow(
    expect.objectContaining({ kind: 'invalid_request', fields: [expect.objectContaining({ field })] }),
  );
});

import { createEffect, readCreateAnswer, verdict, type CreatedOrder } from '../../lesspay/answer';
import { LesspayError } from '../../lesspay/errors';

const REQUEST_ID = 'order-4711';
const read = (status: number, text: string): CreatedOrder =>
  readCreateAnswer({ status, text }, REQUEST_ID, (shown) => shown);

function failure(status: number, text: string): LesspayError {
  try {
    throw new Error(`accepted: ${JSON.stringify(read(status, text))}`);
  } catch (error) {
    if (error instanceof LesspayError) return error;
    throw error;
  }
}

/** A CDN's page. */
const PAGE = '<html>Sorry</html>';
/** A framework's error, say: JSON, but no envelope. */
const JSON_OF_OTHERS = '{"status":4711,"error":"Sorry"}';

describe('create-order answered with', () => {
  it.each([
    // HTTP status, code (or another body), kind, effect
    [200, 10, 'unavailable', 'may_have'],
    [200, 11, 'refused', 'did_not'],
    [200, 12, 'unavailable', 'may_have'],
    [200, 1201, 'duplicate', 'did_not'],
    [200, 1202, 'unavailable', 'may_have'],
    [200, 5000, 'refused', 'did_not'],
    [200, 5002, 'refused', 'did_not'],
    [200, 5003, 'unavailable', 'may_have'],
    [200, 5004, 'credentials', 'did_not'],
    [200, 9999, 'refused', 'did_not'],
    [200, 1, 'unavailable', 'may_have'],
    [200, 777, 'unavailable', 'may_have'],
    [200, PAGE, 'unavailable', 'may_have'],
    [200, ' \n<!doctype html>', 'unavailable', 'may_have'],
    [200, '', 'unavailable', 'may_have'],
    [200, 'SUCCESS', 'unavailable', 'may_have'],
    [200, JSON_OF_OTHERS, 'unreadable', 'may_have'],
    [204, '', 'unavailable', 'may_have'],
    [301, PAGE, 'misdirected', 'may_have'],
    [302, 0, 'misdirected', 'may_have'],
    [307, 11, 'misdirected', 'may_have'],
    [400, PAGE, 'unavailable', 'may_have'],
    [400, '', 'unavailable', 'may_have'],
    [400, JSON_OF_OTHERS, 'refused', 'did_not'],
    [400, 777, 'refused', 'did_not'],
    [400, 0, 'unreadable', 'may_have'],
    [400, 10, 'unavailable', 'may_have'],
    [400, 11, 'refused', 'did_not'],
    [400, 1201, 'duplicate', 'did_not'],
    [401, PAGE, 'unavailable', 'may_have'],
    [401, '', 'credentials', 'did_not'],
    [401, 'Unauthorized', 'credentials', 'did_not'],
    [401, JSON_OF_OTHERS, 'credentials', 'did_not'],
    [401, 0, 'credentials', 'did_not'],
    [403, PAGE, 'unavailable', 'may_have'],
    [403, '', 'unavailable', 'may_have'],
    [403, JSON_OF_OTHERS, 'unavailable', 'may_have'],
    [403, 11, 'credentials', 'did_not'],
    [403, 5004, 'credentials', 'did_not'],
    [404, PAGE, 'misdirected', 'may_have'],
    [404, JSON_OF_OTHERS, 'misdirected', 'did_not'],
    [404, 404, 'misdirected', 'did_not'],
    [404, 1201, 'duplicate', 'did_not'],
    [405, JSON_OF_OTHERS, 'misdirected', 'did_not'],
    [408, PAGE, 'unavailable', 'may_have'],
    [408, 11, 'unavailable', 'may_have'],
    [409, PAGE, 'unavailable', 'may_have'],
    [429, PAGE, 'rate_limited', 'did_not'],
    [500, PAGE, 'unavailable', 'may_have'],
    [500, 0, 'unavailable', 'may_have'],
    [500, 11, 'unavailable', 'may_have'],
    [500, 1201, 'unavailable', 'may_have'],
    [503, PAGE, 'unavailable', 'may_have'],
  ] as const)('HTTP %i and %j is %s, and the order %s exist', (status, code, kind, effect) => {
    const isCode = typeof code === 'number';
    const text = isCode ? JSON.stringify({ code, msg: 'why', data: { pay_order_id: 'P1' } }) : code;
    expect(failure(status, text)).toMatchObject({
      kind,
      effect,
      http_status: status,
      lesspay_code: isCode ? code : undefined,
      lesspay_message: isCode ? 'why' : undefined,
      body_excerpt: text,
    });
  });

  it('anything it is not known to be: surely not only where the status or the code says so', () => {
    for (let status = 200; status < 600; status++)
      for (const code of [undefined, 0, 1, 10, 12, 42, 1202, 5001, 5003, 100000])
        for (const form of code === undefined ? (['json', 'page', 'other'] as const) : (['envelope'] as const)) {
          const signs = { status, form, code };
          const found = verdict(signs);
          if (found === 'success' || found === 'not_found' || createEffect(found, signs) === 'may_have') continue;
          expect(form === 'page' ? [429] : [400, 401, 403, 404, 405, 429]).toContain(status);
        }
  });
});

describe('a new order is read from', () => {
  it.each([
    ['snake_case', { pay_order_id: 'P1', checkout_url: 'https://pay.example.com/P1' }],
    ['camelCase', { payOrderId: 'P1', checkoutUrl: 'https://pay.example.com/P1' }],
    ['order_data', { order_data: { payOrderId: 'P1', checkout_url: 'https://pay.example.com/P1' } }],
    ['orderData', { orderData: { pay_order_id: 'P1', checkoutUrl: 'https://pay.example.com/P1' } }],
    ['the name that is not null', { pay_order_id: null, payOrderId: 'P1', checkoutUrl: 'https://pay.example.com/P1' }],
    [
      'an echo of the request',
      { pay_order_id: 'P1', request_id: REQUEST_ID, checkout_url: 'https://pay.example.com/P1', x: [1] },
    ],
  ])('%s', (_shape, data) => {
    const order = { pay_order_id: 'P1', next_step: { type: 'redirect', url: 'https://pay.example.com/P1' } };
    expect(read(200, JSON.stringify({ code: 0, msg: 'SUCCESS', data }))).toEqual(order);
    expect(read(201, JSON.stringify({ code: '0', data }))).toEqual(order);
  });

  it('an id that is a number, with every digit', () => {
    expect(read(200, '{"code":0,"data":{"pay_order_id":2045118164054515713}}')).toEqual({
      pay_order_id: '2045118164054515713',
    });
  });

  it.each([null, '', undefined])('an order without a checkout URL (%j)', (checkout_url) => {
    const order = read(200, JSON.stringify({ code: 0, data: { pay_order_id: 'P1', checkout_url } }));
    expect(order).toEqual({ pay_order_id: 'P1' });
    expect(order).not.toHaveProperty('next_step');
  });
});

describe('HTTP 200 is unreadable, and the order may exist, when the body', () => {
  it.each([
    ['is cut short', '{"code":0,"msg":"SUCCESS","data":{"pay_order_id":"P1"'],
    ['is an array', '[{"code":0}]'],
    ['has no code', '{"msg":"SUCCESS","data":{"pay_order_id":"P1"}}'],
    ['has a null code', '{"code":null,"data":{"pay_order_id":"P1"}}'],
    ['has a word for a code', '{"code":"OK","data":{"pay_order_id":"P1"}}'],
    ['has a code that is no integer', '{"code":0.5,"data":{"pay_order_id":"P1"}}'],
    ['has code true', '{"code":true,"data":{"pay_order_id":"P1"}}'],
    ['has no data', '{"code":0,"msg":"SUCCESS"}'],
    ['has no order id', '{"code":0,"data":{"checkout_url":"https://pay.example.com/P1"}}'],
    ['has an empty order id', '{"code":0,"data":{"pay_order_id":""}}'],
    ['has an order id that is none', '{"code":0,"data":{"pay_order_id":"../etc"}}'],
    ['has an order id that is an object', '{"code":0,"data":{"pay_order_id":{"a":"P1"}}}'],
    ['is nested too deep', `{"code":0,"data":${'['.repeat(40)}${']'.repeat(40)}}`],
  ])('%s', (_what, text) => {
    expect(failure(200, text)).toMatchObject({
      kind: 'unreadable',
      effect: 'may_have',
      pay_order_id: undefined,
      body_excerpt: text,
    });
  });
});

describe('HTTP 200 is unreadable, and the order does exist, when', () => {
  it.each([
    ['the checkout URL is relative', { checkout_url: '/pay/P1' }],
    ['the checkout URL has no scheme', { checkout_url: 'pay.example.com/P1' }],
    ['the checkout URL is a script', { checkout_url: 'javascript:alert(1)' }],
    ['the checkout URL has no host', { checkout_url: 'https:///P1' }],
    ['the checkout URL holds a line break', { checkout_url: 'https://pay.example.com/\nP1' }],
    ['the checkout URL is no text', { checkout_url: ['https://pay.example.com/P1'] }],
    ['it is the order of another request', { request_id: 'order-4712', checkout_url: 'https://pay.example.com/P1' }],
    ['it is the order of another request, in camelCase', { requestId: 'ORDER-4711' }],
  ])('%s', (_what, members) => {
    const text = JSON.stringify({ code: 0, data: { pay_order_id: 'P1', ...members } });
    expect(failure(200, text)).toMatchObject({ kind: 'unreadable', effect: 'did', pay_order_id: 'P1' });
  });
});

it('says what happened and what to do next', () => {
  expect(failure(200, '{"code":11,"msg":"target_amount too small"}').message).toBe(
    'Lesspay refused the request (HTTP 200, code 11: target_amount too small). Correct the request; the same one would be refused again.',
  );
  expect(failure(403, PAGE).message).toBe(
    'Lesspay is out of reach: what answered is not its JSON (HTTP 403). The order may exist: look it up by its request_id before creating it again.',
  );
  expect(failure(503, 'busy').message).toBe(
    'Lesspay could not handle the request (HTTP 503). The order may exist: look it up by its request_id before creating it again.',
  );
});

import * as fc from 'fast-check';
import { checkRequest } from '../../lesspay/check-request';
import { LesspayError, type FieldProblem } from '../../lesspay/errors';
import { parseJsonObject } from '../../lesspay/json';
import { createOrderRequest, orderQuery } from '../../lesspay/schemas';
import { freeText } from '../../lesspay/text';
import { canonical } from '../../lesspay/canonical';

const ORDER = {
  request_id: 'order-4711',
  product_name: 'Order coffee',
  description: 'A coffee order',
  target_amount: '100.00',
  target_currency: 'USDT',
  success_url: 'https://www.example.com/success?o=coffee&n=1',
  fail_url: 'http://127.0.0.1:3000/fail',
};
const CARD = {
  way_type: 'CARD_PAYMENT',
  pay_access_type: 2,
  notify_url: 'https://www.example.com/notify',
  channel_extra: {
    extra_type: 'card',
    card_data: { number: '4242424242424242', expiry_month: 12, expiry_year: 2027, cvv: '123' },
  },
};
const TOKEN = { extra_type: 'token', token_data: { token: 'src_coffee6m' } };
const BANK = {
  way_type: 'BANK_TRANSFER',
  way_code: 'TAZAPAY_BANK_PUSH_MXN',
  pay_access_type: 2,
  target_amount: 10_000,
  target_currency: 'MXN',
  notify_url: 'https://www.example.com/notify',
  channel_extra: { customer_data: { name: 'Ana' } },
};

function problems(attempt: () => unknown): readonly FieldProblem[] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (error instanceof LesspayError && error.kind === 'invalid_request' && error.effect === 'did_not')
      return error.fields;
    throw error;
  }
}
const orderProblems = (change: object) => problems(() => checkRequest(createOrderRequest, { ...ORDER, ...change }));

it.each([
  ['a cashier order', {}],
  [
    'all limits reached',
    {
      request_id: 'x'.repeat(20),
      product_name: 'x'.repeat(30),
      description: 'x'.repeat(50),
      target_amount: '999999999999999.99999999',
    },
  ],
  ['long URLs', { success_url: `https://e.com/${'x'.repeat(241)}`, fail_url: `https://e.com/${'x'.repeat(241)}` }],
  ['crypto', { way_type: 'CRYPTO', transaction_network: 'TRC20', way_code: 'USDT_TRC20', expired_time: 1800 }],
  ['a card', CARD],
  ['a card at the cashier', { ...CARD, pay_access_type: 1, channel_extra: { three_ds: { enabled: false } } }],
  ['a bank transfer in Mexico', BANK],
  ['a card’s token', { ...CARD, channel_extra: TOKEN }],
  ['the smallest amount', { target_amount: '0.00000001' }],
])('accepts %s', (_what, change) => {
  expect(orderProblems(change)).toEqual([]);
});

it('asks for the cashier where nothing else is said', () => {
  expect(checkRequest(createOrderRequest, ORDER)).toEqual({ ...ORDER, pay_access_type: 1 });
});

it.each([
  ['request_id', { request_id: '' }],
  ['request_id', { request_id: 'x'.repeat(21) }],
  ['request_id', { request_id: 'a&b=c' }],
  ['request_id', { request_id: 'order-4711\n' }],
  ['request_id', { request_id: 4711 }],
  ['product_name', { product_name: 'x'.repeat(31) }],
  ['product_name', { product_name: '' }],
  ['description', { description: 'x'.repeat(51) }],
  ['description', { description: 'x&order_status=SUCCEED' }],
  ['target_amount', { target_amount: 100 }],
  ['target_amount', { target_amount: '0.00' }],
  ['target_amount', { target_amount: '007.00' }],
  ['target_amount', { target_amount: '-1' }],
  ['target_amount', { target_amount: '1e2' }],
  ['target_amount', { target_amount: '1,00' }],
  ['target_amount', { target_amount: '1.123456789' }],
  ['target_amount', { target_amount: '1'.repeat(16) }],
  ['target_currency', { target_currency: 'usd' }],
  ['target_currency', { target_currency: 'US' }],
  ['success_url', { success_url: '/success' }],
  ['success_url', { success_url: 'ftp://example.com/' }],
  ['success_url', { success_url: `https://e.com/${'x'.repeat(242)}` }],
  ['fail_url', { fail_url: 'https://exa mple.com/' }],
  ['fail_url', { fail_url: 'https://example.com/\u0000' }],
  ['notify_url', { notify_url: 'example.com' }],
  ['expired_time', { expired_time: 0 }],
  ['expired_time', { expired_time: 1.5 }],
  ['expired_time', { expired_time: '1800' }],
  ['pay_access_type', { pay_access_type: 3 }],
  ['way_type', { way_type: 'A&B' }],
  ['use_channel_request_id', { use_channel_request_id: 'yes' }],
  ['channel_extra.extra_type', { ...CARD, channel_extra: { extra_type: 'cash' } }],
  ['channel_extra.card_data', { ...CARD, channel_extra: { extra_type: 'card' } }],
  ['channel_extra.card_data.number', { ...CARD, channel_extra: { extra_type: 'card', card_data: { number: '42' } } }],
  ['channel_extra.token_data.token', { ...CARD, channel_extra: { extra_type: 'token', token_data: { token: '' } } }],
  ['channel_extra', { ...CARD, channel_extra: undefined }],
  ['notify_url', { ...CARD, notify_url: undefined }],
  ['channel_extra.three_ds.enabled', { ...CARD, pay_access_type: 1, channel_extra: { three_ds: {} } }],
  ['channel_extra.three_ds', { ...CARD, channel_extra: { ...TOKEN, three_ds: { enabled: true } } }],
  ['three_ds', { three_ds: { enabled: true } }],
  ['notify_url', { ...BANK, notify_url: undefined }],
  ['channel_extra', { ...BANK, channel_extra: undefined }],
  ['channel_extra', { ...BANK, channel_extra: { three_ds: { enabled: true } } }],
  ['pay_access_type', { ...BANK, pay_access_type: 1 }],
  ['target_amount', { ...BANK, target_amount: '100.00' }],
  ['target_amount', { ...BANK, target_amount: 2 ** 31 }],
  ['api_version', { api_version: 'V1' }],
  ['amount', { amount: '100.00' }],
])('names %s in %j', (field, change) => {
  expect(orderProblems(change).map((problem) => problem.field)).toEqual([field]);
});

it('names every missing field at once', () => {
  expect(problems(() => checkRequest(createOrderRequest, {}))).toEqual(
    Object.keys(ORDER).map((field) => ({ field, problem: 'is required' })),
  );
});

it('does not repeat a value, which may be a card number', () => {
  const attempt = () =>
    checkRequest(createOrderRequest, {
      ...ORDER,
      ...CARD,
      channel_extra: { extra_type: 'card', card_data: { number: '4242 4242 4242 4242' } },
    });
  expect(attempt).toThrow(/channel_extra\.card_data\.number must be 12 to 19 digits/);
  expect(attempt).not.toThrow(/4242/);
});

describe('free text', () => {
  const accepts = (text: string) => freeText(50).safeParse(text).success;

  it.each(['R&D', 'a = b', 'A & B = C', '=', '&', '&&==', 'key=1', '☕ 😀', '测试商品', '&=', 'café', '50 % off?'])(
    'may be %j',
    (text) => {
      expect(accepts(text)).toBe(true);
    },
  );

  it.each([
    'x&order_status=SUCCEED',
    '&a=',
    'R&D=fun',
    'a&b.c-d=',
    '&é=1',
    'a\nb',
    'a\tb',
    'a\u0000',
    'a\u007f',
    'a\u0085',
    'a\u2028',
    'a\u2029',
    'a\ud83d',
    '\ude00a',
  ])('may not be %j', (text) => {
    expect(accepts(text)).toBe(false);
  });

  it('is counted as Java counts: an emoji is two', () => {
    expect(freeText(2).safeParse('😀').success).toBe(true);
    expect(freeText(1).safeParse('😀').success).toBe(false);
  });

  it('never imitates a member in what is signed', () => {
    const text = fc.string({ unit: fc.constantFrom('&', '=', 'a', '_', ' ', 'é', '.'), maxLength: 12 });
    fc.assert(
      fc.property(text.filter(accepts), (description) => {
        const body = JSON.stringify({ description, zz: '1' });
        const signed = canonical(parseJsonObject(body).members);
        expect([...signed.matchAll(/(?:^|&)([\w.]+)=/g)].map(([, name]) => name)).toEqual(['description', 'zz']);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a query', () => {
  const query = { request_id: 'order-4711', start_time: 1766906117141 };
  const queryProblems = (change: object) =>
    problems(() => checkRequest(orderQuery, { ...query, ...change })).map(({ field }) => field);

  it.each([
    [{}],
    [{ end_time: query.start_time + 7 * 86_400_000 }],
    [{ request_id: undefined, pay_order_id: 'P1' }],
    [{ request_id: 'other/system:7', pay_order_id: 'P1' }],
  ])('may be %j', (change) => {
    expect(queryProblems(change)).toEqual([]);
  });

  it.each([
    ['request_id', { request_id: undefined }],
    ['request_id', { request_id: 'a b' }],
    ['pay_order_id', { pay_order_id: '../P1' }],
    ['start_time', { start_time: 1766906117 }],
    ['start_time', { start_time: undefined }],
    ['end_time', { end_time: query.start_time - 1 }],
    ['end_time', { end_time: query.start_time + 7 * 86_400_000 + 1 }],
    ['page', { page: 2 }],
  ])('names %s in %j', (field, change) => {
    expect(queryProblems(change)).toEqual([field]);
  });
});

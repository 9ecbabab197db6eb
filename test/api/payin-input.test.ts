import { METHOD_TYPES, methodOf } from '../../lesspay/methods';
import { NOWHERE, PAYIN, postPayin, startTestApi, type TestApi } from './running-api';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi(NOWHERE);
});
afterAll(() => api.close());

/** The fields that the answer names, each with something to do about it. */
async function namedFields(body: object | string): Promise<string[]> {
  const { status, json } = await postPayin(api, body);
  expect({ status, code: json?.['code'] }).toEqual({ status: 400, code: 'invalid_request' });
  const errors = json?.['errors'];
  if (!Array.isArray(errors)) throw new Error('the answer names no errors');
  // In words of this project, not of the library that checks them.
  for (const { problem } of errors) expect(problem).toEqual(expect.stringMatching(/^(?!.*(Invalid|received))\w{2,}/));
  return errors.map(({ field }) => String(field));
}

const BAD: Record<string, unknown[]> = {
  request_id: [undefined, null, '', 4711, 'x'.repeat(21), 'a b', 'a/b', 'ü', '../x'],
  amount: [
    undefined,
    100,
    '',
    '0',
    '0.00',
    '00',
    '007.00',
    '00.50',
    '-1',
    '+1',
    '1e2',
    '1,00',
    '.5',
    '1.',
    ' 1',
    '1'.repeat(16),
    '0.123456789',
  ],
  currency: [undefined, '', 'US', 'usd', 'ABCDEFGHIJK', 'US-D'],
  product_name: [undefined, '', 'x'.repeat(31), 'line\nbreak', 'a&b=c', '\ud800', '\u0000'],
  description: [undefined, '', 'x'.repeat(51), 'tab\t', 'x&order_status=SUCCEED', '\udfff'],
  success_url: [
    undefined,
    '',
    '/thanks',
    'ftp://shop.example/',
    'javascript:alert(1)',
    `https://s.example/${'x'.repeat(240)}`,
  ],
  fail_url: [undefined, '', 'shop.example', 'data:text/html,x', `https://s.example/${'x'.repeat(240)}`],
  expires_in: [59, 1_209_601, 60.5, '1800', null],
  way_type: [1, null],
  way_code: [1, null],
  transaction_network: [1, null],
  metadata: ['x', [], null, { nested: {} }, { list: [] }, { nothing: null }, { big: 'x'.repeat(4100) }],
};

const cases = Object.entries(BAD).flatMap(([field, values]) =>
  values.map((value) => ({ field, value, title: JSON.stringify(value)?.slice(0, 30) })),
);

test.each(cases)('$field may not be $title', async ({ field, value }) => {
  const fields = await namedFields({ ...PAYIN, [field]: value });
  expect(new Set(fields.map((name) => name.split('.')[0]))).toEqual(new Set([field]));
});

const MEXICO = { currency: 'MXN', method: { type: 'bank_push_mxn', customer: { name: 'Ana' } } };

test.each([
  ['method.type', { method: { type: 'cash' } }],
  ['method.type', { method: {} }],
  ['method', { method: 'card' }],
  ['method.colour', { method: { type: 'card', colour: 'blue' } }],
  ['method.three_ds.enabled', { method: { type: 'card', three_ds: { enabled: 'yes' } } }],
  ['method', { method: { type: 'card_token' } }],
  ['method', { method: { type: 'card_token', token: 'src_coffee6m', stored_card: `card_${'0'.repeat(32)}` } }],
  ['method.stored_card', { method: { type: 'card_token', stored_card: 'src_coffee6m' } }],
  ['method.token', { method: { type: 'card_token', token: '4242424242424242' } }],
  ['method.three_ds', { method: { type: 'card_token', token: 'src_coffee6m', three_ds: { enabled: true } } }],
  ['method.customer', { ...MEXICO, method: { type: 'bank_push_mxn' } }],
  ['currency', { ...MEXICO, currency: 'USD' }],
  ['amount', { ...MEXICO, amount: '100.005' }],
  ['way_type', { method: { type: 'card' }, way_type: 'CARD_PAYMENT' }],
  ['way_code', { way_code: 'TAZAPAY_BANK_PUSH_MXN' }],
  ['description', { description: 'card 4242 4242 4242 4242' }],
  ['product_name', { product_name: 'cvv 123' }],
  ['success_url', { success_url: 'https://shop.example/?card=4242424242424242' }],
  ['way_code', { way_code: '4242424242424242' }],
  ['metadata.card', { metadata: { card: '4242-4242-4242-4242' } }],
  ['metadata.number', { metadata: { number: 4242424242424242 } }],
  ['metadata.cvv', { metadata: { cvv: 123 } }],
  ['method.customer.note', { ...MEXICO, method: { type: 'bank_push_mxn', customer: { note: '4242424242424242' } } }],
])('%s is named for %j', async (field, change) => {
  expect(await namedFields({ ...PAYIN, ...change })).toEqual([field]);
});

describe('without the settings that a method needs', () => {
  let strict: TestApi;
  beforeAll(async () => {
    strict = await startTestApi(NOWHERE, { settings: { LESSPAY_MINOR_UNIT_METHODS: [], CARD_SECRET_KEYS: [] } });
  });
  afterAll(() => strict.close());

  test.each([
    ['bank_push_mxn', MEXICO, /factor of 100.*LESSPAY_MINOR_UNIT_METHODS/],
    ['card_session', { method: { type: 'card_session' } }, /CARD_SECRET_KEYS/],
  ])('%s is refused, and the answer says which one', async (_type, change, problem) => {
    const { status, json } = await postPayin(strict, { ...PAYIN, ...change });
    const errors = [{ field: 'method.type', problem: expect.stringMatching(problem) }];
    expect({ status, json }).toMatchObject({ status: 400, json: { code: 'invalid_request', errors } });
  });

  test('a hosted page and a card are taken', async () => {
    for (const change of [{}, { method: { type: 'card' } }])
      expect((await postPayin(strict, { ...PAYIN, ...change })).json).toMatchObject({ code: 'temporal_unavailable' });
  });
});

test.each(METHOD_TYPES)('store_for_future_use is refused for %s, with its name and the reason', async (type) => {
  const customer = { name: 'Ana' };
  const members = {
    ...(methodOf(type).local ? { customer } : {}),
    ...(type === 'card_token' ? { token: 'src_coffee6m' } : {}),
  };
  const method = { type, ...members, store_for_future_use: true };
  const { json } = await postPayin(api, { ...PAYIN, currency: methodOf(type).currency ?? 'USD', method });
  const problem = expect.stringContaining('documented by Lesspay for a card number');
  expect(json).toMatchObject({ errors: [{ field: 'method.store_for_future_use', problem }] });
});

test('no answer repeats card data', async () => {
  const { text } = await postPayin(api, { ...PAYIN, description: '4242 4242 4242 4242', metadata: { cvv: '737' } });
  expect(text).not.toMatch(/4242|737/);
});

test('a field that nobody knows is named', async () => {
  expect(await namedFields({ ...PAYIN, notify_url: 'https://evil.example', amout: '1' })).toEqual([
    'notify_url',
    'amout',
  ]);
});

test('a field named like part of JavaScript is unknown too', async () => {
  expect(await namedFields(`${JSON.stringify(PAYIN).slice(0, -1)},"__proto__":{"amount":"1"}}`)).toEqual(['__proto__']);
  expect(await namedFields({ ...PAYIN, constructor: 'x' })).toEqual(['constructor']);
});

test('every bad field is named at once', async () => {
  const fields = await namedFields({
    ...PAYIN,
    request_id: '',
    amount: 1,
    expires_in: 1,
    surprise: true,
    fail_url: 'x',
  });
  expect(fields.sort()).toEqual(['amount', 'expires_in', 'fail_url', 'request_id', 'surprise']);
});

test.each(['[]', 'null', '"x"', '1', '{}'])('%s is no pay-in', async (body) => {
  expect((await namedFields(body)).length).toBeGreaterThan(0);
});

test.each(['', '{', '{"request_id":}', 'request_id=1', '\u0000'])('%j is not JSON: 400', async (body) => {
  expect(await postPayin(api, body)).toMatchObject({ status: 400, json: { code: 'bad_request' } });
});

test('bytes that are not UTF-8 are refused, not mended', async () => {
  const body = Buffer.from(JSON.stringify({ ...PAYIN, description: 'caf\u00e9' }), 'latin1');
  expect(await postPayin(api, body)).toMatchObject({ status: 400, json: { code: 'bad_request' } });
});

test('what breaks no rule goes on to Temporal', async () => {
  const good = [
    PAYIN,
    {
      ...PAYIN,
      expires_in: 1_209_600,
      way_type: 'CRYPTO',
      way_code: 'USDT',
      transaction_network: 'TRC20',
      metadata: { cart: 'c-1', items: 2, gift: true },
    },
    {
      ...PAYIN,
      request_id: 'A.b_c-0123456789ABCD',
      amount: '123456789012345.12345678',
      product_name: '\u{1F375}'.repeat(15),
      description: 'a = b & c, 100% <b>ok</b>',
      expires_in: 60,
    },
    { ...PAYIN, method: { type: 'crypto', transaction_network: 'TRC20' } },
    { ...PAYIN, currency: 'USD', method: { type: 'card', three_ds: { enabled: false } } },
    { ...PAYIN, ...MEXICO, metadata: { order: '1766992517149', items: 1766992517149 } },
  ];
  const answers = await Promise.all(good.map((body) => postPayin(api, body)));
  expect(answers.map(({ json }) => json?.['code'])).toEqual(good.map(() => 'temporal_unavailable'));
});

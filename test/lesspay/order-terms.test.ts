import { currencyDigits, inMinorUnits } from '../../lesspay/currency';
import { METHOD_TYPES, methodOf, paymentMethod, type MethodType, type PaymentMethod } from '../../lesspay/methods';
import { orderProblems, orderTerms, orderWay, sentAmount } from '../../lesspay/order-terms';
import { createOrderRequest } from '../../lesspay/schemas';

const customer = { name: 'Ana', tax_id: '52998224725' };

/** Each method as a merchant states it, and what Lesspay is sent for 100.00. */
const EACH: Readonly<Record<MethodType, readonly [PaymentMethod, object]>> = {
  crypto: [
    { type: 'crypto', transaction_network: 'TRC20' },
    { pay_access_type: 1, way_type: 'CRYPTO', transaction_network: 'TRC20', target_amount: '100.00' },
  ],
  card: [
    { type: 'card', three_ds: { enabled: false } },
    {
      pay_access_type: 1,
      way_type: 'CARD_PAYMENT',
      channel_extra: { three_ds: { enabled: false } },
      target_amount: '100.00',
    },
  ],
  card_session: [
    { type: 'card_session' },
    {
      pay_access_type: 1,
      way_code: 'CHECKOUT_CARDPAYMENT',
      use_channel_request_id: true,
      target_amount: '100.00',
    },
  ],
  card_token: [
    { type: 'card_token', token: 'src_coffee6m' },
    {
      pay_access_type: 2,
      way_type: 'CARD_PAYMENT',
      channel_extra: { extra_type: 'token', token_data: { token: 'src_coffee6m' } },
      target_amount: '100.00',
    },
  ],
  bank_push_mxn: [
    { type: 'bank_push_mxn', customer },
    {
      pay_access_type: 2,
      way_type: 'BANK_TRANSFER',
      way_code: 'TAZAPAY_BANK_PUSH_MXN',
      channel_extra: { customer_data: customer },
      target_amount: 10_000,
    },
  ],
  pix_brl: [
    { type: 'pix_brl', customer },
    {
      pay_access_type: 2,
      way_code: 'TAZAPAY_PIX_BRL',
      channel_extra: { customer_data: customer },
      target_amount: 10_000,
    },
  ],
};

it.each(METHOD_TYPES)('%s is sent to Lesspay as the table says', (type) => {
  const [stated, sent] = EACH[type];
  const method = paymentMethod.parse(stated);
  const currency = methodOf(type).currency ?? 'USD';
  expect(orderProblems(method, '100.00', currency)).toEqual([]);
  const order = { ...orderWay(method), target_amount: sentAmount('100.00', orderTerms(method, currency)) };
  expect(order).toEqual(sent);
  const rest = {
    request_id: '1',
    product_name: 'x',
    description: 'x',
    success_url: 'https://s.example',
    fail_url: 'https://s.example',
  };
  expect(
    createOrderRequest.safeParse({ ...rest, ...order, target_currency: currency, notify_url: 'https://s.example' })
      .error,
  ).toBeUndefined();
});

it.each([
  [{ type: 'cash' }, 'type'],
  [{}, 'type'],
  [{ type: 'card', customer }, ''],
  [{ type: 'card', three_ds: {} }, 'three_ds.enabled'],
  [{ type: 'card', three_ds: { enabled: true, exemption: 'low_value' } }, 'three_ds'],
  [{ type: 'card_token', token: 'a b' }, 'token'],
  [{ type: 'card_token' }, ''],
  [{ type: 'card_token', token: 'src_coffee6m', stored_card: `card_${'0'.repeat(32)}` }, ''],
  [{ type: 'card_token', stored_card: 'src_coffee6m' }, 'stored_card'],
  [{ type: 'card_token', token: 'src_coffee6m', three_ds: { enabled: true } }, ''],
  [{ type: 'pix_brl' }, 'customer'],
  [{ type: 'pix_brl', customer: {} }, 'customer'],
  [{ type: 'pix_brl', customer: { name: 'x&order_status=SUCCEED' } }, 'customer.name'],
  [{ type: 'bank_push_mxn', customer, three_ds: { enabled: true } }, ''],
])('%j is refused at %j', (method, field) => {
  expect(paymentMethod.safeParse(method).error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
});

describe('a method in minor units', () => {
  const mexico: PaymentMethod = { type: 'bank_push_mxn', customer };

  it.each([
    ['100.00', 'USD', 'currency'],
    ['100.005', 'MXN', 'amount'],
    ['21474836.48', 'MXN', 'amount'],
    ['999999999999999.99', 'MXN', 'amount'],
  ])('does not take %s %s', (amount, currency, field) => {
    expect(orderProblems(mexico, amount, currency).map((problem) => problem.field)).toEqual([field]);
  });

  it.each([
    ['100.00', 10_000],
    ['100', 10_000],
    ['0.10', 10],
    ['100.500', 10_050],
    ['21474836.47', 2 ** 31 - 1],
  ])('sends %s as %d', (amount, minor) => {
    expect(orderProblems(mexico, amount, 'MXN')).toEqual([]);
    expect(sentAmount(amount, orderTerms(mexico, 'MXN'))).toBe(minor);
  });
});

it.each([
  ['MXN', 2],
  ['BRL', 2],
  ['USD', 2],
  ['JPY', 0],
  ['KWD', 3],
  ['BTC', undefined],
  ['USDT', undefined],
])('%s has %s digits', (currency, digits) => {
  expect(currencyDigits(currency)).toBe(digits);
});

it('counts minor units without floats', () => {
  expect(inMinorUnits('1.005', 3)).toBe(1_005);
  expect(inMinorUnits('7', 0)).toBe(7);
  expect(inMinorUnits('7.5', 0)).toBeUndefined();
  expect(inMinorUnits('19.99', 2)).toBe(1_999);
});

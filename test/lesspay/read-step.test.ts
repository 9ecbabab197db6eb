import { readStep } from '../../lesspay/read-step';

const URL = 'https://pay.example.com/P1';
const CLABE = '646180110400000007';

it.each([
  ['a page', 'redirect', { checkout_url: URL }, { type: 'redirect', url: URL }],
  ['a page under another name', 'redirect', { order_data: { cashierUrl: URL } }, { type: 'redirect', url: URL }],
  ['a page instead of an account', 'bank_transfer', { checkout_url: URL }, { type: 'redirect', url: URL }],
  [
    'an account',
    'bank_transfer',
    { pay_order_id: 'P1', bank_details: { clabe: CLABE, bankName: 'STP', accountName: 'Lesspay' } },
    { type: 'bank_transfer', details: { clabe: CLABE, bank_name: 'STP', account_name: 'Lesspay' } },
  ],
  [
    'an account beside the members of the order, which it leaves out',
    'bank_transfer',
    {
      payOrderId: 'P1',
      orderStatus: 'PENDING_PAY',
      targetAmount: '10000',
      accountNo: CLABE,
      reference: '77',
      notify_url: URL,
      some_secret: 'x',
      access_token: 'y',
      lines: ['z'],
    },
    { type: 'bank_transfer', details: { account_no: CLABE, reference: '77' } },
  ],
  ['no account: nothing to pay into', 'bank_transfer', { bank_details: { bank_name: 'STP' } }, undefined],
  ['a QR code', 'qr_code', { data: { qrCode: '000201' } }, { type: 'qr_code', text: '000201' }],
  ['an address of a picture, which is no code', 'qr_code', { qr_code: URL }, undefined],
  ['a picture, which is no code', 'qr_code', { qr_code: 'data:image/png;base64,AAAA' }, undefined],
  [
    'a session',
    'payment_session',
    { orderData: { paymentSessionToken: 't', paymentSessionSecret: 's' } },
    { type: 'payment_session', token: 't', secret: 's' },
  ],
  ['half a session', 'payment_session', { payment_session_token: 't' }, undefined],
  ['nothing to do', 'none', {}, { type: 'none' }],
  ['a page although nothing was expected', 'none', { redirect_url: URL }, { type: 'redirect', url: URL }],
  ['nothing', 'redirect', { success_url: URL, fail_url: URL }, undefined],
  ['no object', 'redirect', null, undefined],
] as const)('reads %s', (_what, shows, data, step) => {
  expect(readStep(data, shows)).toEqual(step);
});

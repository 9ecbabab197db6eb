import { foundAnswer, startAnswer } from '../../api/payins/payin-answer';
import { Problem, problemDocument } from '../../api/http/problems';
import type { PayinStatus } from '../../payin/state';
import type { CheckoutAnswer } from '../../workflows/payin/messages';

const CHECKOUT_URL = 'https://lesspay.example/checkout/1';

const payin = (status: PayinStatus): CheckoutAnswer => ({
  request_id: 'order-1',
  pay_order_id: 'P1',
  status,
  amount: '100.00',
  currency: 'USDT',
  checkout_url: CHECKOUT_URL,
  workflow_id: 'payin-order-1',
  created_at: '2026-01-01T00:00:00.000Z',
  expires_at: '2026-01-01T00:30:00.000Z',
  needs_attention: false,
  alerts: [],
  metadata: { cart: 7 },
  start_token: 'not-for-the-backend',
});

const { start_token, ...SHOWN } = payin('PENDING_PAY');

describe('POST /payins answers', () => {
  test.each([
    ['started', 201],
    ['existing', 200],
  ] as const)('%s: %d with the whole pay-in and where it is', (kind, status) => {
    const answer = startAnswer('order-1', { kind, payin: payin('PENDING_PAY') });
    expect(answer).toEqual({ status, headers: { Location: '/payins/order-1' }, body: SHOWN });
    expect(JSON.stringify(answer)).not.toContain(start_token);
  });

  test('existing after its end: 200 without the page, which can not be paid any more', () => {
    const { body } = startAnswer('order-1', { kind: 'existing', payin: payin('SUCCEED') });
    expect(body).toMatchObject({ status: 'SUCCEED' });
    expect(body).not.toHaveProperty('checkout_url');
  });

  test('pending: 202 without a page, with where and when to ask again', () => {
    expect(startAnswer('order-1', { kind: 'pending', workflow_id: 'payin-order-1' })).toEqual({
      status: 202,
      headers: { Location: '/payins/order-1', 'Retry-After': '5' },
      body: { request_id: 'order-1', status: 'CREATING', workflow_id: 'payin-order-1' },
    });
  });

  test.each([
    [{ kind: 'other_content' }, 409, {}],
    [{ kind: 'request_id_taken', message: 'taken' }, 409, { detail: 'taken' }],
    [{ kind: 'checkout_url_lost', message: 'lost' }, 409, { detail: 'lost' }],
    [
      { kind: 'rejected', refusal: { code: 11, message: 'bad amount' } },
      422,
      { detail: 'bad amount', lesspay_code: 11 },
    ],
  ] as const)('%j: a problem', (outcome, status, members) => {
    expect(problemOf(() => startAnswer('order-1', outcome))).toMatchObject({ code: outcome.kind, status, ...members });
  });
});

describe('GET /payins/{request_id} shows the checkout page only while it can be paid', () => {
  test.each(['PENDING_CONFIRM', 'PENDING_PAY'] as const)('%s: yes', (status) => {
    expect(foundAnswer(payin(status)).body).toEqual({ ...SHOWN, status });
  });

  const PAST = [
    'PAID',
    'UNRESOLVED',
    'SUCCEED',
    'FAILED',
    'CANCELED',
    'CLOSED',
    'REFUND',
    'REJECTED',
    'CREATING',
  ] as const;
  test.each(PAST)('%s: no', (status) => {
    expect(foundAnswer(payin(status)).body).not.toHaveProperty('checkout_url');
  });
});

function problemOf(answer: () => unknown): object {
  try {
    answer();
  } catch (error) {
    if (error instanceof Problem) return problemDocument(error, 'request-1');
    throw error;
  }
  throw new Error('no problem was thrown');
}

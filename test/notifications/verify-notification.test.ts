import { Webhook } from 'standardwebhooks';
import { notificationBody, webhookId } from '../../merchant/notification-body';
import { signedHeaders } from '../../merchant/signed-headers';
import { NotificationError, verifyNotification } from '../../notifications/verify-notification';
import type { PayinView } from '../../payin/view';

const SECRET = 'whsec_YSBzZWNyZXQgb2YgdGhlIGV4YW1wbGUncyBvd24=';
const OTHER = 'whsec_YSBzZWNyZXQgb2Ygc29tZWJvZHkgZWxzZSdz';

const payin: PayinView = {
  request_id: 'shop.4711',
  status: 'SUCCEED',
  amount: '100.00',
  currency: 'USDT',
  workflow_id: 'payin-shop.4711',
  created_at: '2026-11-25T03:09:15.358Z',
  expires_at: '2026-11-25T03:39:15.358Z',
  needs_attention: false,
  alerts: [],
  metadata: { cart: 7 },
};
const sent = {
  payin,
  event: {
    number: 3,
    at: '2026-11-25T03:09:15.358Z',
    kind: 'transition',
    source: 'lesspay',
    data: { from: 'PENDING_PAY', to: 'SUCCEED' },
  },
} as const;
const BODY = JSON.stringify(notificationBody(sent));

/** A request as this product sends it. */
const signed = (body = BODY, secrets: readonly string[] = [SECRET]) =>
  signedHeaders({ id: webhookId(sent), at: Date.now(), text: body }, secrets);

/** The headers of a body that is signed, whatever it holds. */
function signedAs(body: string, at = new Date()) {
  const signature = new Webhook(SECRET).sign('4711_3', at, body);
  const seconds = String(Math.floor(at.getTime() / 1_000));
  return { 'webhook-id': '4711_3', 'webhook-timestamp': seconds, 'webhook-signature': signature };
}

function errorOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

it.each([
  ['of Node', BODY, signed()],
  ['of Fetch', BODY, new Headers(signed())],
  [
    'in capitals',
    BODY,
    Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), value])),
  ],
  ['and bytes', Buffer.from(BODY), signed()],
])('reads a notification of the product: headers %s', (_what, body, headers) => {
  expect(verifyNotification(body, headers, SECRET)).toEqual({ ...notificationBody(sent), id: webhookId(sent) });
});

it('takes any of several secrets, on both sides of a rotation', () => {
  expect(verifyNotification(BODY, signed(BODY, [OTHER, SECRET]), SECRET).id).toBe(webhookId(sent));
  expect(verifyNotification(BODY, signed(BODY, [OTHER]), [SECRET, OTHER]).id).toBe(webhookId(sent));
});

it('keeps members, events and statuses that a later release adds', () => {
  const body = JSON.parse(BODY);
  const later = {
    ...body,
    type: 'payin.later',
    data: { ...body.data, payin: { ...body.data.payin, status: 'LATER', more: 1 } },
  };
  const text = JSON.stringify(later);
  expect(verifyNotification(text, signedAs(text), SECRET)).toMatchObject(later);
});

it.each([
  ['another secret', BODY, signed(BODY, [OTHER])],
  ['a changed body', BODY.replace('100.00', '999.00'), signed()],
  ['another id', BODY, { ...signed(), 'webhook-id': 'shop~4712_3' }],
  ['no headers', BODY, {}],
  ['a time that is no number', BODY, { ...signed(), 'webhook-timestamp': 'now' }],
  ['a time long ago', BODY, signedAs(BODY, new Date(Date.now() - 301_000))],
  ['no body', '', signed()],
])('refuses %s', (_what, body, headers) => {
  const error = errorOf(() => verifyNotification(body, headers, SECRET));
  expect(error).toBeInstanceOf(NotificationError);
  expect(error).toMatchObject({ code: 'not_verified' });
  expect(String(error)).not.toContain(SECRET.slice(6));
});

it.each([
  ['', /not JSON/],
  ['{', /not JSON/],
  ['{}', /type, timestamp, data/],
  [BODY.replace('"status":"SUCCEED"', '"status":1'), /data\.payin\.status/],
])('says what is wrong with a signed body that is no notification: %s', (body, message) => {
  const error = errorOf(() => verifyNotification(body, signedAs(body), SECRET));
  expect(error).toBeInstanceOf(NotificationError);
  expect(error).toMatchObject({ code: 'unreadable', message: expect.stringMatching(message) });
});

it.each([
  ['a body that was parsed', () => verifyNotification(JSON.parse(BODY), signed(), SECRET), /raw body/],
  ['no secret', () => verifyNotification(BODY, signed(), []), /needs a secret/],
  ['an empty secret', () => verifyNotification(BODY, signed(), ''), /must be "whsec_"/],
  ['a secret that is not base64', () => verifyNotification(BODY, signed(), 'whsec_!!!'), /must be "whsec_"/],
  ['a secret without its prefix', () => verifyNotification(BODY, signed(), SECRET.slice(6)), /must be "whsec_"/],
])('names a mistake of the receiver: %s', (_what, call, message) => {
  const error = errorOf(call);
  expect(error).toBeInstanceOf(TypeError);
  expect(String(error)).toMatch(message);
});

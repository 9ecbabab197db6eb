import { redactor, textsIn } from '../../lesspay/redact';

const SECRET = 'Wy31k/ZF4j"kE+Y2X';
const redact = redactor([SECRET, 'app-7', '4242424242424242', 'src_coffee6m']);

it.each([
  ['a secret', `bad key ${SECRET}!`, 'bad key [redacted]!'],
  ['a secret in JSON', JSON.stringify({ key: SECRET }), '{"key":"[redacted]"}'],
  ['a secret in a URL', `?k=${encodeURIComponent(SECRET)}&x=1`, '?k=[redacted]&x=1'],
  ['a token that was sent', 'no such src_coffee6m', 'no such [redacted]'],
  ['a card number', 'card 5555 5555 5555 4444 refused', 'card [redacted] refused'],
  ['a card’s code', '{"cvv":"123","cvc" : 456,"x":1}', '{"cvv":"[redacted]","cvc" : "[redacted]","x":1}'],
  [
    'a card’s expiry',
    '{"expiry_month":12,"expiryYear":2027}',
    '{"expiry_month":"[redacted]","expiryYear":"[redacted]"}',
  ],
  [
    'a card in JSON within JSON',
    '{"msg":"{\\"cvv\\":\\"123\\",\\"a\\":1}"}',
    '{"msg":"{\\"cvv\\":\\"[redacted]\\",\\"a\\":1}"}',
  ],
  [
    'a session',
    '{"payment_session_token":"t1","paymentSessionSecret":"s1"}',
    '{"payment_session_token":"[redacted]","paymentSessionSecret":"[redacted]"}',
  ],
  ['a session cut short', '{"payment_session_secret":"pss_1', '{"payment_session_secret":"[redacted]"'],
  ['a card cut short', '{"token":"abc', '{"token":"[redacted]"'],
])('hides %s', (_what, text, shown) => {
  expect(redact(text)).toBe(shown);
});

it('shows ids, amounts and times', () => {
  const text =
    '{"request_id":"1585581674","pay_order_id":"P2045118164054515713","target_amount":"100.00","at":1766992517141}';
  expect(redact(text)).toBe(text);
});

it('shows 500 characters and never half a secret', () => {
  const text = redact(`${'x'.repeat(495)}${SECRET}`);
  expect(text).toBe(`${'x'.repeat(495)}[reda`);
});

it('is quick with a long hostile text', () => {
  // A second or two; minutes, if each place in the text were looked at with all that comes after it.
  const started = performance.now();
  for (const piece of ['\\', '"', '1', '1 ', '"cvv":"', '"token"', ' ']) redact(piece.repeat(500_000));
  expect(performance.now() - started).toBeLessThan(60_000);
});

it('finds all texts to hide', () => {
  expect(textsIn({ a: 'one', b: [{ c: 'two' }, 'ab', 12, null], d: '' })).toEqual(['one', 'two']);
});

import { randomBytes } from 'node:crypto';
import { openSession, sealSession } from '../../client/payment-session';
import { seal, unseal } from '../../client/sealed';

const [key, older, other] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const SESSION = { token: 'pst_token', secret: 'pss_secret' };

it('is opened by the key that sealed it, also when that is no longer the first', () => {
  const sealed = sealSession(SESSION, '4711', [older]);
  expect(openSession(sealed, '4711', [key, older])).toEqual(SESSION);
});

it('never holds the text, and is never the same', () => {
  const sealed = sealSession(SESSION, '4711', [key]);
  expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toMatch(/token|secret/);
  expect(sealSession(SESSION, '4711', [key])).not.toBe(sealed);
});

it.each([
  ['another key', '4711', [other]],
  ['no key', '4711', []],
  ['another pay-in', '4712', [key]],
])('is not opened with %s', (_what, request_id, keys) => {
  expect(openSession(sealSession(SESSION, '4711', [key]), request_id, keys)).toBeUndefined();
});

it('is not opened when a byte was changed, or when it is no sealed text', () => {
  const sealed = seal('a secret', 'x', [key]);
  const changed = Buffer.from(sealed.slice(3), 'base64url');
  changed[20] = (changed[20] ?? 0) ^ 1;
  for (const text of [`v1.${changed.toString('base64url')}`, `v2.${sealed.slice(3)}`, 'v1.', '', 'v1.AAAA'])
    expect(unseal(text, 'x', [key])).toBeUndefined();
});

it('is not made without a key', () => {
  expect(() => seal('a secret', 'x', [])).toThrow('CARD_SECRET_KEYS: is not set');
});

import { parseJsonObject } from '../../lesspay/json';
import { sign, signedMembers } from '../../lesspay/signature';
import { verifyWebhook } from '../../lesspay/webhook';

/** The token of a stored card, which may stand in several places of a webhook, and is never guessed. */

const SECRET = 'secret';
const TOKEN = 'src_wmlfc3zyhqzehihu7giusaaawu';

function read(members: object, api_version = 'v2') {
  const text = JSON.stringify({ request_id: '4711', order_status: 'SUCCEED', api_version, ...members });
  return verifyWebhook(Buffer.from(text), sign(signedMembers(parseJsonObject(text)), SECRET), SECRET).card_token;
}

it.each([
  [{ channel_biz_data: { issuer: 'A BANK', card_token: TOKEN } }],
  [{ channel_biz_data: { cardToken: TOKEN } }],
  [{ channel_biz_data: { token: TOKEN } }],
  [{ channel_biz_data: { token_data: { token: TOKEN } } }],
  [{ channel_biz_data: { tokenData: { token: TOKEN } } }],
  [{ channel_extra: { extra_type: 'token', token_data: { token: TOKEN } } }],
  [{ channel_biz_data: { token: TOKEN }, channel_extra: { token_data: { token: TOKEN } } }],
  [{ channel_biz_data: { token: TOKEN, last4: 42 } }],
  [{ channel_biz_data: { token: '', card_token: TOKEN, token_data: null } }],
  [{ channel_biz_data: { token: TOKEN, last4: '•••• 4242' } }],
])('is read in %j', (members) => {
  expect(read(members)).toEqual({ token: TOKEN });
});

it.each([
  [{ channel_biz_data: { token: TOKEN, last4: '4242' } }],
  [{ channel_biz_data: { token_data: { token: TOKEN, lastFour: '4242' } } }],
  [{ channel_biz_data: { token_data: { token: TOKEN }, last_four: 4242 } }],
])('is read with the last four digits in %j', (members) => {
  expect(read(members)).toEqual({ token: TOKEN, last_four: '4242' });
});

it.each([
  ['two different ones', { channel_biz_data: { token: TOKEN }, channel_extra: { card_token: `${TOKEN}x` } }],
  ['a card number', { channel_biz_data: { token: '4242424242424242' } }],
  ['a card number in groups', { channel_biz_data: { token: '4242-4242-4242-4242' } }],
  ['a number', { channel_biz_data: { token: 1234567890 } }],
  ['a text with spaces', { channel_biz_data: { token: 'the token was stored' } }],
  ['a short text', { channel_biz_data: { token: 'true' } }],
  ["a session's", { channel_biz_data: { token: TOKEN, payment_session_secret: 'pss_1' } }],
  ["a session's, by its name", { channel_biz_data: { payment_session_token: TOKEN } }],
  ["a session's, deeper", { channel_biz_data: { token_data: { token: TOKEN, session_id: 'ps_1' } } }],
  ['one under another name', { channel_biz_data: { id: TOKEN, source: { id: TOKEN, token: TOKEN } } }],
  ['one at the top', { token: TOKEN, card_token: TOKEN }],
  ['one in the data of an event', { event: 'dispute_received', event_data: { token: TOKEN } }],
  ['one in a list', { channel_biz_data: { token_data: [{ token: TOKEN }] } }],
])('is not read from %s', (_what, members) => {
  expect(read(members)).toBeUndefined();
});

it('is not read where a v1 signature does not cover it, and is where it does', () => {
  expect(read({ channel_biz_data: { token: TOKEN } }, 'v1')).toBeUndefined();
  expect(read({ channel_extra: { token_data: { token: TOKEN } } }, 'v1')).toEqual({ token: TOKEN });
});

import { parseJsonObject } from '../../lesspay/json';
import { webhookSignature } from '../../lesspay/signature';
import { verifyWebhook } from '../../lesspay/webhook';
import { eventReason } from '../../lesspay/webhook-event';

/** @param event_data JSON text, so that a test sees to every digit */
const dispute = (event_data: string) => eventReason('dispute_received', parseJsonObject(event_data));
const declined = (event_data: string) => eventReason('payment_declined', parseJsonObject(event_data));

it.each(['category', 'dispute_category', 'disputeCategory', 'reason_category', 'reasonCategory'])(
  'reads the category of a dispute as %s',
  (name) => expect(dispute(`{"${name}":"credit_not_processed"}`).event_category).toBe('credit_not_processed'),
);

describe.each(['code', 'response_code', 'responseCode', 'reason_code', 'reasonCode', 'error_code', 'errorCode'])(
  'a code named %s is read',
  (name) => {
    it('of a dispute', () => expect(dispute(`{"${name}":"10.4"}`)).toMatchObject({ event_code: '10.4' }));
    it('of a declined payment', () => expect(declined(`{"${name}":30034}`)).toEqual({ event_code: '30034' }));
  },
);

it.each([
  ['a number as it was written', '{"code":4.10}', '4.10'],
  ['a large number with every digit', '{"code":12345678901234567890123}', '12345678901234567890123'],
  ['a text of 100 characters', `{"code":"${'é'.repeat(100)}"}`, 'é'.repeat(100)],
  ['the plainest of several names', '{"errorCode":"3","code":"1","response_code":"2"}', '1'],
  ['the first that can be read', '{"code":null,"response_code":"","reason_code":{},"error_code":"41101"}', '41101'],
])('takes %s', (_what, event_data, code) => expect(declined(event_data)).toEqual({ event_code: code }));

it.each([
  ['too long', `"${'x'.repeat(101)}"`],
  ['blank', '"  "'],
  ['empty', '""'],
  ['with a line break', '"fraud\\nulent"'],
  ['with a NUL', '"fraud\\u0000"'],
  ['with an escape', '"\\u001b[31mfraud"'],
  ['with a C1 control', '"fraud\\u0085"'],
  ['with a line separator', '"fraud\\u2028"'],
  ['with a mark that turns the direction of the text', '"\\u202efraud"'],
  ['half a character', '"\\ud83e"'],
  ['a list', '["fraudulent"]'],
  ['an object', '{"code":"fraudulent"}'],
  ['true', 'true'],
  ['null', 'null'],
])('leaves out what is %s', (_what, value) => {
  const read = dispute(`{"category":${value},"code":${value}}`);
  expect(read).toEqual({ event_category: undefined, event_code: undefined });
});

it('reads no category of a declined payment, and nothing of an event that is not known', () => {
  const event_data = parseJsonObject('{"category":"fraudulent","code":"1"}');
  expect(eventReason('payment_declined', event_data)).toEqual({ event_code: '1' });
  for (const event of ['refund_made', 'Dispute_Received', '', undefined])
    expect(eventReason(event, event_data)).toEqual({});
});

describe('of a whole webhook', () => {
  const SECRET = 'Wy31kFZf4jkE+Y2XZhmFuQ';
  const event_data = {
    category: 'fraudulent',
    code: 30034,
    card_holder: 'Mia Doe',
    card: { number: '4111' },
    code2: 'x',
  };
  const read = (members: object) => {
    const text = JSON.stringify({ request_id: '1', event: 'dispute_received', event_data, ...members });
    return verifyWebhook(new TextEncoder().encode(text), webhookSignature(text, SECRET), SECRET);
  };

  it('only these are read, of all that an event tells', () => {
    const { digest: _digest, ...claims } = read({ api_version: 'v2' });
    expect(claims).toEqual({
      version: 'v2',
      request_id: '1',
      event: 'dispute_received',
      event_category: 'fraudulent',
      event_code: '30034',
    });
  });

  it.each([['{"code":"1"}'], [['code', '1']], [30034], [null]])('event_data of %j tells nothing', (event_data) => {
    const webhook = read({ api_version: 'v2', event_data });
    expect(webhook).toMatchObject({ event: 'dispute_received' });
    expect(webhook).not.toHaveProperty('event_code');
  });

  it('none is read where v1 leaves them unsigned', () => {
    const { digest: _digest, ...claims } = read({ api_version: 'v1' });
    expect(claims).toEqual({ version: 'v1', request_id: '1' });
  });
});

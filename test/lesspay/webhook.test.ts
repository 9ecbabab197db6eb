import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { WebhookError } from '../../lesspay/errors';
import { webhookSignature } from '../../lesspay/signature';
import { verifyWebhook, type Webhook, type WebhookOptions } from '../../lesspay/webhook';
import { vectors } from './signature-vectors.json';

const SECRET = 'Wy31kFZf4jkE+Y2XZhmFuQ';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const verify = (text: string, options?: WebhookOptions): Webhook =>
  verifyWebhook(bytes(text), webhookSignature(text, SECRET), SECRET, options);

const refusal = (attempt: () => unknown): unknown => {
  try {
    attempt();
    return 'accepted';
  } catch (error) {
    return error instanceof WebhookError ? error.code : error;
  }
};

const SIGNED = {
  pay_order_id: 'P2045118164054515713',
  request_id: '1585581674',
  order_status: 'SUCCEED',
  target_currency: 'USD',
  target_amount: '100.00',
  complete_time: 1766992517141,
  error_code: null,
  error_msg: null,
};
const UNSIGNED_BY_V1 = {
  order_status_int: 12,
  channel_biz_data: { issuer: 'coffee BANK' },
  event: 'dispute_received',
  event_data: { category: 'fraudulent', amount: 100 },
};
const v2 = (members: object = {}): string =>
  JSON.stringify({ ...SIGNED, ...UNSIGNED_BY_V1, api_version: 'v2', ...members });

it('reads what a v2 webhook claims', () => {
  expect(verify(v2())).toEqual({
    version: 'v2',
    card_issuer: 'coffee BANK',
    digest: createHash('sha256').update(v2()).digest('hex'),
    pay_order_id: 'P2045118164054515713',
    request_id: '1585581674',
    order_status: 'SUCCEED',
    target_currency: 'USD',
    target_amount: '100.00',
    complete_time: 1766992517141,
    event: 'dispute_received',
    event_category: 'fraudulent',
  });
});

it.each(['v1', 'V1', '', '  ', null, undefined])(
  'holds no unsigned member of a webhook of api_version %j',
  (api_version) => {
    const text = JSON.stringify({ ...SIGNED, ...UNSIGNED_BY_V1, api_version });
    const webhook = verify(text);
    expect(webhook.version).toBe('v1');
    expect(webhook.order_status).toBe('SUCCEED');
    for (const name of ['event', 'event_category', 'event_code']) expect(webhook).not.toHaveProperty(name);
    const bare = JSON.stringify(SIGNED);
    const { digest: _digest, ...claims } = webhook;
    const { digest: _other, ...bareClaims } = verify(bare);
    expect(claims).toEqual(bareClaims);
  },
);

it('takes the status from its number only where that is signed and the word is missing', () => {
  expect(verify(v2({ order_status: null })).order_status).toBe('PAID');
  expect(verify(v2()).order_status).toBe('SUCCEED');
  expect(verify(JSON.stringify({ request_id: '1', order_status_int: 2 })).order_status).toBeUndefined();
});

it('keeps the digits of an amount that is a number', () => {
  const text = v2().replace('"100.00"', '12345678901234567890.10');
  expect(verify(text).target_amount).toBe('12345678901234567890.10');
});

it.each(vectors.filter(({ kind, accepted }) => kind === 'webhook' && accepted === false))(
  'refuses vector $name',
  ({ body, signature, secret }) => {
    expect(refusal(() => verifyWebhook(bytes(body), signature, secret))).toBe('signature_wrong');
  },
);

describe('the signature', () => {
  const signature = webhookSignature(v2(), SECRET);

  it('may be in either letter case', () => {
    expect(verifyWebhook(bytes(v2()), signature.toLowerCase(), SECRET).request_id).toBe('1585581674');
  });

  it('may be by any of several secrets', () => {
    for (const secrets of [
      [SECRET, 'old'],
      ['new', SECRET],
      ['a', SECRET, 'b'],
    ])
      expect(verifyWebhook(bytes(v2()), signature, secrets).request_id).toBe('1585581674');
    expect(refusal(() => verifyWebhook(bytes(v2()), signature, ['new', 'old']))).toBe('signature_wrong');
  });

  it.each([undefined, ''])('may not be missing (%j)', (missing) => {
    expect(refusal(() => verifyWebhook(bytes(v2()), missing, SECRET))).toBe('signature_missing');
  });

  it.each([
    signature.slice(1),
    `${signature}0`,
    ` ${signature}`,
    signature.replace(/.$/, 'Z'),
    'é'.repeat(64),
    '0'.repeat(64),
  ])('may not be %j', (wrong) => {
    expect(refusal(() => verifyWebhook(bytes(v2()), wrong, SECRET))).toBe('signature_wrong');
  });

  it.each([[''], [[]], [[SECRET, '']]])('is never checked with %j for secrets', (secrets) => {
    expect(() => verifyWebhook(bytes(v2()), webhookSignature(v2(), ''), secrets)).toThrow(TypeError);
  });

  it('is lost when the version is changed after signing', () => {
    for (const version of ['v1', 'V2', 'v3', ''])
      expect(refusal(() => verifyWebhook(bytes(v2({ api_version: version })), signature, SECRET))).toBe(
        'signature_wrong',
      );
  });

  it('covers all that is read: one changed byte is refused, or says nothing else', () => {
    const { digest: _digest, ...claims } = verify(v2());
    fc.assert(
      fc.property(fc.nat(v2().length - 1), fc.integer({ min: 1, max: 255 }), (index, difference) => {
        const changed = bytes(v2());
        changed[index] = (changed[index] ?? 0) ^ difference;
        const outcome = refusal(() => expect(verifyWebhook(changed, signature, SECRET)).toMatchObject(claims));
        expect(outcome === 'accepted' || typeof outcome === 'string').toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a body is refused', () => {
  const deep = (levels: number) => `{"request_id":"1","a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

  it.each([
    ['not_json', ''],
    ['not_json', '{"request_id":"1"'],
    ['not_json', '\ufeff{"request_id":"1"}'],
    ['not_an_object', '[{"request_id":"1"}]'],
    ['not_an_object', 'null'],
    ['not_an_object', '"x"'],
    ['too_deep', deep(32)],
    ['too_deep', deep(30_000)],
    ['duplicate_member', '{"request_id":"1","request_id":"2"}'],
    ['duplicate_member', '{"request_id":"1","request\\u005fid":"2"}'],
    ['duplicate_member', '{"request_id":"1","__proto__":1,"__proto__":2}'],
    ['duplicate_member', '{"request_id":"1","a":{"b":[{"c":1,"c":1}]}}'],
    ['bad_member_name', '{"request_id":"1","a&order_status":"x"}'],
    ['bad_member_name', '{"request_id":"1","order_status=SUCCEED&x":null}'],
    ['bad_member_name', '{"request_id":"1","a":[{"b":{"c=":1}}]}'],
  ])('as %s, rightly signed or not: %.60s', (code, text) => {
    expect(refusal(() => verifyWebhook(bytes(text), 'F'.repeat(64), SECRET))).toBe(code);
    expect(refusal(() => verifyWebhook(bytes(text), undefined, SECRET))).toBe(code);
  });

  it('as bad_utf8, before anything else', () => {
    for (const tail of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0xbd], [0xc0, 0xaf]])
      expect(
        refusal(() =>
          verifyWebhook(new Uint8Array([...bytes('{"request_id":"'), ...tail, ...bytes('"}')]), 'x', SECRET),
        ),
      ).toBe('bad_utf8');
  });

  it('as version_refused only when it is rightly signed', () => {
    const v1 = JSON.stringify(SIGNED);
    expect(refusal(() => verify(v1, { versions: ['v2'] }))).toBe('version_refused');
    expect(refusal(() => verify(v2(), { versions: ['v1'] }))).toBe('version_refused');
    expect(refusal(() => verify(v2(), { versions: ['v2'] }))).toBe('accepted');
    expect(refusal(() => verifyWebhook(bytes(v1), 'F'.repeat(64), SECRET, { versions: ['v2'] }))).toBe(
      'signature_wrong',
    );
  });

  it.each([
    [{ request_id: null, pay_order_id: null }],
    [{ request_id: '', pay_order_id: '' }],
    [{ request_id: -1, pay_order_id: 47.11 }],
    [{ request_id: true, pay_order_id: false }],
    [{ request_id: 'a b', pay_order_id: 'a/b' }],
    [{ request_id: 'x'.repeat(65), pay_order_id: 'x'.repeat(65) }],
    [{ request_id: ['1'], pay_order_id: { a: '1' } }],
    [{ request_id: '1\n', pay_order_id: 'P1\n' }],
  ])('as no_order_id, once it is rightly signed: %j', (ids) => {
    expect(refusal(() => verify(v2(ids)))).toBe('no_order_id');
    expect(refusal(() => verifyWebhook(bytes(v2(ids)), 'F'.repeat(64), SECRET))).toBe('signature_wrong');
  });
});

it('takes the digits of an id that is a number, as they are written', () => {
  const text = '{"request_id":4711,"pay_order_id":2045118164054515713,"order_status":"SUCCEED","api_version":"v2"}';
  expect(verify(text)).toMatchObject({ request_id: '4711', pay_order_id: '2045118164054515713' });
  for (const written of ['1e3', '4711.0', '-0', '-4711'])
    expect(verify(`{"request_id":${written},"pay_order_id":"P1","api_version":"v2"}`)).not.toHaveProperty('request_id');
});

it('is found by the one id that can be read', () => {
  expect(verify(v2({ request_id: 'a b' }))).toMatchObject({ pay_order_id: 'P2045118164054515713' });
  expect(verify(v2({ request_id: 'a b' }))).not.toHaveProperty('request_id');
  expect(verify(v2({ pay_order_id: null, request_id: 'other/system:7' }))).toMatchObject({
    request_id: 'other/system:7',
  });
});

it('throws nothing but WebhookError, whatever arrives', () => {
  const anything = fc.oneof(
    fc.uint8Array(),
    fc.json().map(bytes),
    fc.string().map(bytes),
    fc.dictionary(fc.string(), fc.jsonValue()).map((value) => bytes(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(anything, fc.boolean(), fc.string(), (body, signed, garbage) => {
      const text = new TextDecoder().decode(body);
      const outcome = refusal(() => verifyWebhook(body, signed ? trySign(text) : garbage, SECRET));
      expect(typeof outcome).toBe('string');
    }),
    { numRuns: 1000 },
  );
});

function trySign(text: string): string {
  try {
    return webhookSignature(text, SECRET);
  } catch {
    return 'F'.repeat(64);
  }
}

it('reads a body of many members without delay', () => {
  const many = JSON.stringify({
    request_id: '1',
    ...Object.fromEntries(Array.from({ length: 6000 }, (_, n) => [`m${n}`, n])),
  });
  // It takes milliseconds.
  const started = performance.now();
  expect(verify(many).request_id).toBe('1');
  expect(performance.now() - started).toBeLessThan(60_000);
});

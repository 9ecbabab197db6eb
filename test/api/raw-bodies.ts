import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { webhookSignature } from '../../lesspay/signature';
import { SECRETS } from './running-api';
import type { RunningPayin } from './running-payin';

/** Webhook bodies that may do nothing: what names an order is forged, what is signed names none. */

export interface RawBody {
  readonly bytes: Uint8Array;
  readonly signature: string;
}

/** Nine times the ordinary, so that the odd beside it gets far. */
export const mostly = <T>(ordinary: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: ordinary }, { weight: 1, arbitrary: odd });

const NINES = '9'.repeat(400);
const inArrays = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
const inObjects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

/** The texts of values that JSON parsers and signers disagree on. */
const strangeValue = fc.oneof(
  fc.constantFrom('null', '""', '{}', '[]', 'true', '-0', '1e400', '1E-7', '0.1e+5', '-1.5e-3', '100.00'),
  fc.constantFrom('1e99999999999', '0e-999999999', '12345678901234567890', `${NINES}e${NINES}`, `0.${NINES}e-${NINES}`),
  fc.constantFrom('"\\ud800"', '"\\u0000"', '"\\u2028&order_status=SUCCEED"', '[{"b":null,"a":"\\u007f"}]'),
  fc.constantFrom('{"__proto__":{"request_id":"x"}}', '{"a":{"b":null}}', '["\\"",{"":[]}]'),
  fc.constantFrom(3, 20, 30).map(inArrays),
  fc.constantFrom(3, 20, 30).map(inObjects),
  fc.json(),
);
const brokenValue = fc.oneof(
  fc.constantFrom('1e', '01', '[1,]', '"\u0000"', '"\\x"', 'NaN', "'x'", '{"a":1,"a":2}', '{"x&y=z":1}', ''),
  fc.constantFrom(32, 33, 5_000, 30_000).map(inArrays),
  fc.constantFrom(32, 33, 5_000, 10_000).map(inObjects),
);

const name = fc.oneof(
  fc.constantFrom('order_status', 'order_status_int', 'target_amount', 'event', 'event_data', 'complete_time'),
  fc.constantFrom('__proto__', 'request_id', 'constructor'),
  fc.string(),
);

/** The text of an object: odd members, then these. */
const textWith = (members: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.tuple(name, mostly(strangeValue, brokenValue)), { maxLength: 5 }),
      members,
      fc.constantFrom('"v1"', '"V2"', '""', 'null', '2', '[]'),
    )
    .map(([odd, members, version]) => {
      const oddMembers = odd.map(([name, value]) => `${JSON.stringify(name)}:${value},`).join('');
      return `{${oddMembers}${members},"api_version":${version}}`;
    });

const forged = ({ request_id, pay_order_id }: RunningPayin): fc.Arbitrary<RawBody> =>
  fc.record({
    bytes: textWith(fc.constant(`"request_id":"${request_id}","pay_order_id":"${pay_order_id}"`)).map((text) =>
      Buffer.from(text),
    ),
    signature: mostly(
      fc.constantFrom('0'.repeat(64), 'aB'.repeat(32)),
      fc.constantFrom('', '0'.repeat(63), '\u00e9'.repeat(64), `${'0'.repeat(64)}, x`),
    ),
  });

const aimless: fc.Arbitrary<RawBody> = textWith(
  fc
    .tuple(
      fc.constantFrom('null', '""', '7.5', '{}', '["x"]', '"a b"', '"\\u00fc"', '"\\n"', `"${'x'.repeat(65)}"`),
      fc.constantFrom('null', '""', '7.5', '[]', '"P 1"', '"\\" OR \\"\\"=\\""', `"${'P'.repeat(65)}"`),
    )
    .map(([request_id, pay_order_id]) => `"request_id":${request_id},"pay_order_id":${pay_order_id}`),
).map((text) => ({ bytes: Buffer.from(text), signature: signatureOf(text) }));

function signatureOf(text: string): string {
  try {
    return webhookSignature(text, SECRETS[0]);
  } catch {
    // What can't be read can't be signed.
    return '0'.repeat(64);
  }
}

const noJson: fc.Arbitrary<RawBody> = fc.record({
  bytes: fc.uint8Array({ maxLength: 300 }),
  signature: fc.constant('0'.repeat(64)),
});

/** What may befall a body after it was signed. */
const spoil = mostly(
  fc.constant((bytes: Uint8Array) => bytes),
  fc.constantFrom<(bytes: Uint8Array) => Uint8Array>(
    (bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes]),
    (bytes) => Buffer.concat([bytes, Buffer.from([0xc3])]),
    (bytes) => Buffer.concat([bytes, Buffer.from('{}')]),
    (bytes) => Buffer.concat([bytes, Buffer.alloc(70_000, 'x')]),
    (bytes) => Buffer.from(Buffer.from(bytes).toString(), 'utf16le'),
    (bytes) => bytes.subarray(0, -1),
    gzipSync,
  ),
);

export const rawBody = (payin: RunningPayin): fc.Arbitrary<RawBody> =>
  fc
    .tuple(mostly(fc.oneof(forged(payin), aimless), noJson), spoil)
    .map(([{ bytes, signature }, spoil]) => ({ bytes: spoil(bytes), signature }));

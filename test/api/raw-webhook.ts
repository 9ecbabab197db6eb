import * as fc from 'fast-check';
import { webhookSignature } from '../../lesspay/signature';
import { SECRETS } from './running-api';

/** A webhook as it goes over the wire, and what may happen to it there. */
export interface RawWebhook {
  readonly headers: readonly string[];
  readonly body: string;
}

/** @param signature the right one, where absent */
export const rawWebhook = (body: string, signature = webhookSignature(body, SECRETS[0])): RawWebhook => ({
  headers: [
    'Host: x',
    'Content-Type: application/json',
    'X-Auth-Timestamp: 1767323045000',
    `X-Auth-Signature: ${signature}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ],
  body,
});

/** A character for each byte (latin1). */
export const onTheWire = ({ headers, body }: RawWebhook): string =>
  Buffer.from(`POST /webhooks/lesspay HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`).toString('latin1');

const BYTE_CHANGES = {
  flip: (bytes: string, at: number, byte: string) => bytes.slice(0, at) + byte + bytes.slice(at + 1),
  insert: (bytes: string, at: number, byte: string) => bytes.slice(0, at) + byte + bytes.slice(at),
  delete: (bytes: string, at: number) => bytes.slice(0, at) + bytes.slice(at + 1),
};

const HEADER_CHANGES = {
  drop: () => [],
  double: (line: string) => [line, line],
  upper: (line: string) => [line.toUpperCase()],
  lower: (line: string) => [line.toLowerCase()],
  tab: (line: string) => [line.replace(': ', ':\t')],
  trail: (line: string) => [`${line} `],
  list: (line: string) => [`${line},${line}`],
  cut: (line: string) => [line.slice(0, -1)],
  zero: (line: string) => [line.replace(/: .*/, ': 0')],
  encode: (line: string) => [line, 'Content-Encoding: gzip'],
  unsign: (line: string) => [line, 'X-Auth-Signature: '],
};

/** One byte or one header. */
export const change = fc.oneof(
  fc.record({
    bytes: fc.constantFrom(...Object.entries(BYTE_CHANGES)),
    /** How far into the whole, in thousandths. */
    at: fc.nat(999),
    byte: fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.nat(255)).map((code) => String.fromCharCode(code)),
  }),
  fc.record({ header: fc.constantFrom(...Object.entries(HEADER_CHANGES)), which: fc.nat(4) }),
);
export type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** What goes over the wire instead. */
export function changed(webhook: RawWebhook, change: Change): string {
  if ('header' in change) {
    const [, apply] = change.header;
    const headers = webhook.headers.flatMap((line, index) => (index === change.which ? apply(line) : [line]));
    return onTheWire({ ...webhook, headers });
  }
  const [, apply] = change.bytes;
  const bytes = onTheWire(webhook);
  return apply(bytes, Math.floor((bytes.length * change.at) / 1_000), change.byte);
}

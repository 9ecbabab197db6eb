import * as fc from 'fast-check';
import { mostly, rawBody } from './raw-bodies';
import type { Sending } from './raw-connection';
import type { RunningPayin } from './running-payin';

/** Bytes that no HTTP client would send, and no order of theirs may be believed. */

/** The last request of a connection: a server that is still in step answers it, then closes. */
export const FAREWELL = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

const startLine = mostly(
  fc.constant('POST /webhooks/lesspay HTTP/1.1'),
  fc.constantFrom(
    'POST /webhooks/lesspay HTTP/1.0',
    'POST /WebHooks/Lesspay/?x=%00 HTTP/1.1',
    'POST http://x/webhooks/lesspay HTTP/1.1',
    'POST /webhooks/lesspay HTTP/9.9',
    'post /webhooks/lesspay HTTP/1.1',
    'POST /webhooks/lesspay',
    'POST /payins HTTP/1.1',
    'PUT /payins/%ff HTTP/1.1',
    'CONNECT x:1 HTTP/1.1',
    'PRI * HTTP/2.0',
  ),
);

const typeLine = mostly(
  fc.constantFrom('Content-Type: application/json', 'cONTENT-tYPE:application/json;x'),
  fc.constantFrom('X-No: type', 'Content-Type: text/plain', 'Content-Type: application/json, text/html'),
);

/** Lines beside those that a webhook has; some are no header at all. */
const oddLine = fc.oneof(
  ...[
    ['Content-Encoding: gzip', 'Content-Encoding: br', 'Content-Encoding: identity', 'Content-Type: text/html'],
    ['X-Auth-Signature: 0', 'x-AUTH-signature:', `X-Auth-Signature: ${'0'.repeat(64)}`],
    ['Content-Length: 0', 'Content-Length: -1', 'Content-Length: 1,2', `Content-Length: ${'9'.repeat(30)}`],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding : x', 'TE: trailers'],
    ['Expect: 100-continue', 'Expect: pigs', 'Connection: upgrade\r\nUpgrade: websocket', 'Host: y'],
    [' folded', 'no colon', ': no name', 'a b: c', 'X-Nul: \0', 'X: a\nb: c', 'X-Request-Id: \u00e9\u0080'],
    [`X-Big: ${'x'.repeat(20_000)}`, 'X-Many: 1\r\n'.repeat(1_500).trimEnd()],
  ].map((lines) => fc.constantFrom(...lines)),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const oddLines = fc.oneof(fc.constant([]), fc.constant([]), fc.array(oddLine, { maxLength: 3 }));

/** How a body is sent: by its length, give or take, or in chunks. */
type Framing = { readonly off: number } | { readonly chunk: number; readonly trailer: string };

const chunks = fc.record({
  chunk: fc.integer({ min: 1, max: 5_000 }),
  trailer: mostly(fc.constant(''), fc.constantFrom('X-Auth-Signature: 0\r\n', 'x'.repeat(100))),
});
const rightFraming: fc.Arbitrary<Framing> = fc.oneof(fc.constant({ off: 0 }), chunks);
const anyFraming: fc.Arbitrary<Framing> = mostly(rightFraming, fc.record({ off: fc.integer({ min: -20, max: 20 }) }));

function framed(bytes: Uint8Array, framing: Framing): { readonly line: string; readonly bytes: Uint8Array } {
  if ('off' in framing) return { line: `Content-Length: ${Math.max(bytes.length + framing.off, 0)}`, bytes };
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += framing.chunk) {
    const part = bytes.subarray(at, at + framing.chunk);
    parts.push(Buffer.from(`${part.length.toString(16)};x=y\r\n`), part, Buffer.from('\r\n'));
  }
  const last = Buffer.from(`0\r\n${framing.trailer}\r\n`);
  return { line: 'Transfer-Encoding: chunked', bytes: Buffer.concat([...parts, last]) };
}

/** A character for each byte (latin1), as everywhere below. */
const request = (payin: RunningPayin, framing: fc.Arbitrary<Framing>): fc.Arbitrary<string> =>
  fc
    .record({ startLine, typeLine, oddLines, body: rawBody(payin), framing })
    .map(({ startLine, typeLine, oddLines, body, framing }) => {
      const { line, bytes } = framed(body.bytes, framing);
      const signature = body.signature === '' ? [] : [`X-Auth-Signature: ${body.signature}`];
      const head = [startLine, 'Host: x', typeLine, ...signature, ...oddLines, line].join('\r\n');
      return `${head}\r\n\r\n${Buffer.from(bytes).toString('latin1')}`;
    });

/** Cuts bytes at up to five places. */
const dribbled = (bytes: string): fc.Arbitrary<string[]> =>
  fc.array(fc.nat(bytes.length), { maxLength: 5 }).map((places) => {
    const cuts = [0, ...places.sort((a, b) => a - b), bytes.length];
    return cuts.slice(1).map((end, index) => bytes.slice(cuts[index], end));
  });

const whole = (payin: RunningPayin): fc.Arbitrary<Sending> =>
  fc
    .array(request(payin, anyFraming), { minLength: 1, maxLength: 3 })
    .chain((requests) => dribbled([...requests, FAREWELL].join('')))
    .map((pieces) => ({ pieces, end: 'wait' }));

const cutShort = (payin: RunningPayin): fc.Arbitrary<Sending> =>
  fc.tuple(request(payin, rightFraming), fc.nat(99)).chain(([bytes, percent]) =>
    fc.record({
      pieces: dribbled(bytes.slice(0, (bytes.length * percent) / 100)),
      end: fc.constantFrom('wait', 'leave', 'reset'),
    }),
  );

const noHttp: fc.Arbitrary<Sending> = fc
  .uint8Array({ minLength: 1, maxLength: 200 })
  .map((bytes) => ({ pieces: [Buffer.from(bytes).toString('latin1'), `\r\n\r\n${FAREWELL}`], end: 'wait' }));

/** One connection's worth: pipelined, dribbled, cut short, left, or no HTTP at all. */
export const sending = (payin: RunningPayin): fc.Arbitrary<Sending> =>
  mostly(whole(payin), fc.oneof(cutShort(payin), cutShort(payin), noHttp));

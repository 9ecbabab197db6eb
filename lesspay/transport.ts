import * as http from 'node:http';
import * as https from 'node:https';
import type { HttpAnswer } from './answer';
import { LesspayError, type LesspayEffect } from './errors';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** For the whole answer including its body, ms. */
  readonly timeoutMs: number;
  /** The answer is cut there. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * What to say of a request that was perhaps sent: a query never takes effect. One that may takes a connection of its
   * own: whether a kept one, which the other side closes just then, was still read from can't be known.
   */
  readonly effectIfSent: LesspayEffect;
}

export interface Posted extends Pick<HttpAnswer, 'status' | 'text'> {
  /** The header `Date`, as it was written. */
  readonly date?: string | undefined;
}

/**
 * Sends one POST, follows no redirect, and reads the whole answer.
 * @throws LesspayError of kind `aborted`, `timeout`, `unreachable` or `connection_lost`; its effect is `did_not` where the
 *   request surely was never sent
 */
export async function post(sent: Post): Promise<Posted> {
  const { timeoutMs, maxBytes, signal, effectIfSent } = sent;
  if (signal?.aborted) throw new LesspayError('aborted', 'did_not', 'The call was taken back before it was sent.');
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort('timeout'), timeoutMs);
  const abort = () => ending.abort('aborted');
  signal?.addEventListener('abort', abort, { once: true });
  const request = send(sent, ending.signal);
  try {
    const answer = await request.answer;
    return { status: answer.statusCode ?? 0, date: answer.headers.date, text: await readText(answer, maxBytes) };
  } catch (cause) {
    const effect = request.mayBeSent() ? effectIfSent : 'did_not';
    if (signal?.aborted) throw new LesspayError('aborted', effect, 'The call was taken back while it ran.');
    if (!request.mayBeSent()) {
      const why = ending.signal.aborted ? `within ${timeoutMs} ms` : `(${codesOf(cause)})`;
      throw new LesspayError('unreachable', 'did_not', `No connection to Lesspay could be made ${why}.`, { cause });
    }
    if (ending.signal.aborted)
      throw new LesspayError('timeout', effect, `Lesspay did not answer in full within ${timeoutMs} ms.`);
    throw new LesspayError('connection_lost', effect, `The connection to Lesspay was lost (${codesOf(cause)}).`, {
      cause,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

interface Sent {
  readonly answer: Promise<http.IncomingMessage>;
  /** The request is written once the name is resolved, the socket connected, and the certificate accepted; not before. */
  readonly mayBeSent: () => boolean;
}

function send({ url, headers, text, effectIfSent }: Post, signal: AbortSignal): Sent {
  const isHttps = url.startsWith('https:');
  const request = (isHttps ? https : http).request(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(text), 'accept-encoding': 'identity' },
    ...(effectIfSent === 'did_not' ? {} : { agent: false }),
    signal,
  });
  let mayBeSent = false;
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once(isHttps ? 'secureConnect' : 'connect', () => (mayBeSent = true));
    else mayBeSent = true;
  });
  const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    // Also of what fails later: the answer's body fails then too.
    request.on('error', reject);
  });
  request.end(text);
  return { answer, mayBeSent: () => mayBeSent };
}

/** The body's text. What is beyond the limit is never read, which cuts the JSON short. */
async function readText(answer: http.IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const data of answer) {
    const chunk: Uint8Array = data;
    chunks.push(chunk.subarray(0, maxBytes - size));
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The system's name of a failure; of one for each address of the host that was tried (an `AggregateError`), all of them. */
function codesOf(failure: unknown): string {
  const errors = property(failure, 'errors');
  const all: readonly unknown[] = Array.isArray(errors) && errors.length > 0 ? errors : [failure];
  const codes = all
    .map((error) => property(error, 'code'))
    .map((code) => (typeof code === 'string' ? code : 'no code'));
  return [...new Set(codes)].join(', ');
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

import * as http from 'node:http';
import * as https from 'node:https';
import type { HttpAnswer } from './answer';
import { LesspayError, type LesspayEffect } from './errors';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Time limit until the whole answer is read, ms. */
  readonly timeoutMs: number;
  /** The answer's body is cut at this size. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * The `effect` of a request that failed after it may have been sent. `did_not` for a query, which never has an effect. Any
   * other request uses a new connection: when a reused one is closed by the server, it is not known whether the server has
   * still read the request.
   */
  readonly effectIfSent: LesspayEffect;
}

export interface Posted extends Pick<HttpAnswer, 'status' | 'text'> {
  /** The header `Date`, unchanged. */
  readonly date?: string | undefined;
}

/**
 * Sends one POST and reads the whole answer. Follows no redirect.
 * @throws LesspayError of kind `aborted`, `timeout`, `unreachable` or `connection_lost`; its effect is `did_not` when the
 *   request certainly was not sent
 */
export async function post(sent: Post): Promise<Posted> {
  const { timeoutMs, maxBytes, signal, effectIfSent } = sent;
  if (signal?.aborted) throw new LesspayError('aborted', 'did_not', 'The call was cancelled before it was sent.');
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
    if (signal?.aborted) throw new LesspayError('aborted', effect, 'The call was cancelled while it was running.');
    if (!request.mayBeSent()) {
      const why = ending.signal.aborted ? `within ${timeoutMs} ms` : `(${codesOf(cause)})`;
      throw new LesspayError('unreachable', 'did_not', `No connection to Lesspay could be made ${why}.`, { cause });
    }
    if (ending.signal.aborted)
      throw new LesspayError('timeout', effect, `Lesspay did not send its whole answer within ${timeoutMs} ms.`);
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
  /** Node sends the request only after it has resolved the name, connected the socket and accepted the certificate. */
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
    // Stays for later errors, which also make the answer's body fail.
    request.on('error', reject);
  });
  request.end(text);
  return { answer, mayBeSent: () => mayBeSent };
}

/** The body's text, cut at `maxBytes`: then it is not complete JSON. */
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

/** The error's code, or the codes in an `AggregateError` (one for each address that was tried). */
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

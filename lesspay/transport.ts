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
  /** What to say of a request that was perhaps sent: a query never takes effect. */
  readonly effectIfSent: LesspayEffect;
}

/**
 * Sends one POST, follows no redirect, and reads the whole answer.
 * @throws LesspayError of kind `aborted`, `timeout`, `unreachable` or `connection_lost`; its effect is `did_not` where the
 *   request surely was never sent
 */
export async function post({
  url,
  headers,
  text,
  timeoutMs,
  maxBytes,
  signal,
  effectIfSent,
}: Post): Promise<HttpAnswer> {
  if (signal?.aborted) throw new LesspayError('aborted', 'did_not', 'The call was taken back before it was sent.');
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort('timeout'), timeoutMs);
  const abort = () => ending.abort('aborted');
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: text,
      redirect: 'manual',
      signal: ending.signal,
    });
    return { status: response.status, text: await readText(response, maxBytes) };
  } catch (cause) {
    if (ending.signal.reason === 'timeout')
      throw new LesspayError('timeout', effectIfSent, `Lesspay did not answer in full within ${timeoutMs} ms.`);
    if (ending.signal.aborted) throw new LesspayError('aborted', effectIfSent, 'The call was taken back while it ran.');
    throw connectionError(cause, effectIfSent);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** The body's text. What is beyond the limit is never read, which cuts the JSON short. */
async function readText({ body }: Response, maxBytes: number): Promise<string> {
  if (!body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, maxBytes - size));
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** What a failed `fetch` means: its cause is the system's error or undici's. */
export function connectionError(failure: unknown, effectIfSent: LesspayEffect): LesspayError {
  const cause = property(failure, 'cause') ?? failure;
  const attempts = attemptsOf(cause);
  const codes = [...new Set(attempts.map(({ code }) => code))].join(', ');
  return attempts.every(neverSent)
    ? new LesspayError('unreachable', 'did_not', `No connection to Lesspay could be made (${codes}).`, { cause })
    : new LesspayError('connection_lost', effectIfSent, `The connection to Lesspay was lost (${codes}).`, { cause });
}

interface Attempt {
  readonly code: string;
  readonly syscall: unknown;
}

/** One failure, or one for each address of the host that was tried (an `AggregateError`). */
function attemptsOf(cause: unknown): readonly Attempt[] {
  const errors = property(cause, 'errors');
  if (Array.isArray(errors) && errors.length > 0) return errors.flatMap(attemptsOf);
  const code = property(cause, 'code');
  return [{ code: typeof code === 'string' ? code : 'no code', syscall: property(cause, 'syscall') }];
}

/** A request is written after the name is resolved, the socket connected, and the certificate accepted. */
const neverSent = ({ code, syscall }: Attempt): boolean =>
  syscall === 'getaddrinfo' ||
  syscall === 'connect' ||
  code === 'UND_ERR_CONNECT_TIMEOUT' ||
  REFUSED_IN_HANDSHAKE.test(code);

/** Node's names of OpenSSL's certificate errors (nodejs.org, "TLS", X509 certificate error codes), and of no agreement on TLS. */
const REFUSED_IN_HANDSHAKE =
  /^(CERT_|UNABLE_TO_|ERR_TLS_CERT_)|SELF_SIGNED_CERT|^(INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)$|^ERR_SSL_(WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|\w+_(HANDSHAKE_FAILURE|PROTOCOL_VERSION))$/;

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

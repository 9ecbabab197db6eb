import type { HttpAnswer } from './answer';
import { LesspayError } from './errors';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** For the whole answer including its body, ms. */
  readonly timeoutMs: number;
  /** The answer is cut there. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends one POST, follows no redirect, and reads the whole answer.
 * @throws LesspayError of kind `aborted`, `timeout`, `unreachable` or `connection_lost`; its effect is that on a
 *   create-order: `did_not` only where the request surely was never sent
 */
export async function post({ url, headers, text, timeoutMs, maxBytes, signal }: Post): Promise<HttpAnswer> {
  if (signal?.aborted) throw new LesspayError('aborted', 'did_not', 'The call was taken back before it was sent.');
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort('timeout'), timeoutMs);
  const abort = () => ending.abort('aborted');
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const response = await fetch(url, { method: 'POST', headers, body: text, redirect: 'manual', signal: ending.signal });
    return { status: response.status, text: await readText(response, maxBytes) };
  } catch (cause) {
    if (ending.signal.reason === 'timeout')
      throw new LesspayError('timeout', 'may_have', `Lesspay did not answer in full within ${timeoutMs} ms.`);
    if (ending.signal.aborted) throw new LesspayError('aborted', 'may_have', 'The call was taken back while it ran.');
    throw connectionError(cause);
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
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk.subarray(0, maxBytes - size));
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** What a failed `fetch` means: its cause is the system's or undici's error. */
export function connectionError(cause: unknown): LesspayError {
  const root = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  const code = codesOf(root)
    .map(({ code }) => code)
    .join(', ');
  return neverSent(root)
    ? new LesspayError('unreachable', 'did_not', `No connection to Lesspay (${code}).`, { cause })
    : new LesspayError('connection_lost', 'may_have', `The connection to Lesspay was lost (${code}).`, { cause });
}

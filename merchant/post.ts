import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { DeliveryError } from './errors';
import { ADDRESS_REFUSED } from './public-address';

/** Bytes of an answer's body that are read, and ignored, before the connection is closed. */
const MAX_BODY_BYTES = 64 * 1024;

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** How long the whole call may take, ms. */
  readonly timeoutMs: number;
  readonly agent: HttpAgent | HttpsAgent;
  readonly signal?: AbortSignal | undefined;
}

export interface AnswerHead {
  readonly http_status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Keeps connections open between notifications. Each endpoint has its own agent, because Node's global one may use a proxy. */
export function agentFor(url: URL, lookup: LookupFunction | undefined): HttpAgent | HttpsAgent {
  const options = { keepAlive: true, ...(lookup ? { lookup } : {}) };
  return url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
}

/**
 * Sends one POST. Follows no redirect and decodes no body.
 * @returns the status and headers of the answer, whatever the status
 * @throws DeliveryError `timeout`, `aborted`, `address_refused` or `connection`
 */
export async function post(message: Post): Promise<AnswerHead> {
  const ended = AbortSignal.timeout(message.timeoutMs);
  const signal = message.signal ? AbortSignal.any([ended, message.signal]) : ended;
  const place = message.url.host;
  try {
    return await attempt(message, signal);
  } catch (error) {
    if (ended.aborted) throw new DeliveryError('timeout', `${place} did not answer within ${message.timeoutMs} ms`);
    if (signal.aborted) throw new DeliveryError('aborted', `the call to ${place} was cancelled`);
    const codes = codesOf(error).join(', ');
    if (codes.includes(ADDRESS_REFUSED)) throw addressRefused(place);
    throw new DeliveryError('connection', `no answer from ${place} (${codes})`);
  }
}

export const addressRefused = (place: string): DeliveryError =>
  new DeliveryError(
    'address_refused',
    `${place} has no public address: nothing was sent. If that is intended, add the endpoint's name to NOTIFY_PRIVATE`,
  );

function attempt({ url, headers, text, agent }: Post, signal: AbortSignal, again = false): Promise<AnswerHead> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const body = Buffer.from(text);
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length },
      agent,
      signal,
    });
    let answered: AnswerHead | undefined;
    request.on('response', (response) => {
      const head = { http_status: response.statusCode ?? 0, headers: response.headers };
      answered = head;
      response.on('error', () => undefined);
      response.on('close', () => resolve(head));
      drain(response);
    });
    request.on('error', (error) => {
      // After the head, an error in the body does not matter.
      if (answered !== undefined) return resolve(answered);
      // The endpoint closed an idle connection at the moment it was used again: it has not taken the request.
      if (!again && request.reusedSocket && codesOf(error).includes('ECONNRESET') && !signal.aborted)
        return resolve(attempt({ url, headers, text, agent, timeoutMs: 0 }, signal, true));
      return reject(error);
    });
    request.end(body);
  });
}

function drain(response: IncomingMessage): void {
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) response.destroy();
  });
}

/** The codes of an error, or of the errors in an `AggregateError` (one for each address that was tried). */
function codesOf(error: unknown): string[] {
  const errors = property(error, 'errors');
  if (Array.isArray(errors) && errors.length > 0) return [...new Set(errors.flatMap(codesOf))];
  const code = property(error, 'code');
  return [typeof code === 'string' ? code : 'no code'];
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

import { placeOf, type Endpoint } from './endpoint';
import { EndpointLoad, type AllCalls } from './endpoint-load';
import { DeliveryError } from './errors';
import { notificationBody, webhookId, type Notification } from './notification-body';
import { addressRefused, agentFor, post, type AnswerHead } from './post';
import { isPublicAddress, literalAddress, publicLookup, type Resolve } from './public-address';
import { retryAfterMs } from './retry-after';
import { signedHeaders } from './signed-headers';

export interface MerchantOptions {
  readonly endpoints: readonly Endpoint[];
  /** How long a delivery may take, until the whole answer is read, ms. Default: 10,000. */
  readonly timeoutMs?: number;
  /** The same for a quick delivery, ms. Default: 2,000. */
  readonly quickTimeoutMs?: number;
  /** Epoch ms. */
  readonly now?: () => number;
  /** The DNS resolver. Default: the system's. */
  readonly resolve?: Resolve;
  /** The header `traceparent` of the present call (W3C Trace Context). Default: none is sent. */
  readonly traceparent?: () => string | undefined;
}

export interface DeliveryOptions {
  /** Uses the short time limit, and does not call an endpoint that has just failed. For a try that another one follows at once. */
  readonly quick?: boolean;
  /** A time limit of its own, ms. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The merchant's endpoints. */
export interface Merchant {
  readonly names: readonly string[];
  /**
   * Sends one notification, once.
   * @returns the HTTP status, always 2xx
   * @throws DeliveryError for any other answer or failure; the message is for operators
   */
  deliver(endpoint: string, notification: Notification, options?: DeliveryOptions): Promise<number>;
}

export function createMerchant({
  endpoints,
  timeoutMs = 10_000,
  quickTimeoutMs = 2_000,
  now = Date.now,
  resolve,
  traceparent = () => undefined,
}: MerchantOptions): Merchant {
  const all: AllCalls = { count: 0 };
  const routes = new Map(endpoints.map((endpoint) => [endpoint.name, routeTo(endpoint, all, now, resolve)]));

  return {
    names: endpoints.map(({ name }) => name),

    async deliver(name, notification, { quick = false, timeoutMs: ownMs, signal } = {}) {
      const route = routes.get(name);
      if (!route) throw new DeliveryError('unknown_endpoint', `NOTIFY_ENDPOINTS has no endpoint ${name}`);
      const { endpoint, url, agent, load } = route;
      const literal = literalAddress(url);
      if (literal !== undefined && !endpoint.allowPrivate && !isPublicAddress(literal)) throw addressRefused(url.host);
      const text = JSON.stringify(notificationBody(notification));
      const traced = traceHeader(traceparent());
      return load.run(quick, async () => {
        const signed = signedHeaders({ id: webhookId(notification), at: now(), text }, endpoint.secrets);
        const headers = { ...HEADERS, ...traced, ...signed };
        const answer = await post({
          url,
          headers,
          text,
          agent,
          timeoutMs: ownMs ?? (quick ? quickTimeoutMs : timeoutMs),
          signal,
        });
        throwUnless2xx(answer, url.host, now(), load);
        return answer.http_status;
      });
    },
  };
}

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'lesspay-payins' };

const traceHeader = (traceparent: string | undefined): Record<string, string> =>
  traceparent === undefined ? {} : { traceparent };

function routeTo(endpoint: Endpoint, all: AllCalls, now: () => number, resolve: Resolve | undefined) {
  const url = new URL(endpoint.url);
  const agent = agentFor(url, endpoint.allowPrivate ? undefined : publicLookup(resolve));
  return { endpoint, url, agent, load: new EndpointLoad(placeOf(endpoint), all, now) };
}

function throwUnless2xx({ http_status, headers }: AnswerHead, place: string, now: number, load: EndpointLoad): void {
  if (http_status >= 200 && http_status < 300) return;
  const more = { http_status, retryAfterMs: retryAfterMs(headers, now) };
  if (http_status >= 300 && http_status < 400)
    throw new DeliveryError(
      'redirect',
      `${place} answered ${http_status}, a redirect, which is not followed: set the final URL in NOTIFY_ENDPOINTS`,
      more,
    );
  if (http_status === 410)
    throw new DeliveryError('gone', `${place} answered 410 Gone: it wants no more notifications of this pay-in`, more);
  if (http_status < 400 || http_status >= 500 || TEMPORARY.has(http_status))
    throw new DeliveryError('status', `${place} answered ${http_status}`, more);
  const others = load.succeededLately() ? ', but takes others: the problem is this notification' : '';
  throw new DeliveryError('refused', `${place} answered ${http_status}${others}`, more);
}

/** Request Timeout, Too Early, Too Many Requests: a later try may succeed. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429]);

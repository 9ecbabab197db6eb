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
  /** For a whole answer, ms; 10,000 where absent. */
  readonly timeoutMs?: number;
  /** Of a quick delivery; 2,000 where absent. */
  readonly quickTimeoutMs?: number;
  /** Epoch ms. */
  readonly now?: () => number;
  /** Who resolves names; the system where absent. */
  readonly resolve?: Resolve;
}

export interface DeliveryOptions {
  /** Another try follows at once: take little time, and none where the endpoint is known to be down. */
  readonly quick?: boolean;
  readonly signal?: AbortSignal;
}

/** The merchant's endpoints. */
export interface Merchant {
  readonly names: readonly string[];
  /**
   * Sends one notification once.
   * @returns the HTTP status, a 2xx: all else is thrown
   * @throws DeliveryError that says why, in words for operators
   */
  deliver(endpoint: string, notification: Notification, options?: DeliveryOptions): Promise<number>;
}

export function createMerchant({
  endpoints,
  timeoutMs = 10_000,
  quickTimeoutMs = 2_000,
  now = Date.now,
  resolve,
}: MerchantOptions): Merchant {
  const all: AllCalls = { count: 0 };
  const routes = new Map(endpoints.map((endpoint) => [endpoint.name, routeTo(endpoint, all, now, resolve)]));

  return {
    names: endpoints.map(({ name }) => name),

    async deliver(name, notification, { quick = false, signal } = {}) {
      const route = routes.get(name);
      if (!route) throw new DeliveryError('unknown_endpoint', `NOTIFY_ENDPOINTS names no endpoint ${name}`);
      const { endpoint, url, agent, load } = route;
      const literal = literalAddress(url);
      if (literal !== undefined && !endpoint.allowPrivate && !isPublicAddress(literal)) throw addressRefused(url.host);
      const text = JSON.stringify(notificationBody(notification));
      return load.run(quick, async () => {
        const signed = signedHeaders({ id: webhookId(notification), at: now(), text }, endpoint.secrets);
        const headers = { ...HEADERS, ...signed };
        const answer = await post({
          url,
          headers,
          text,
          agent,
          timeoutMs: quick ? quickTimeoutMs : timeoutMs,
          signal,
        });
        refuseAllButTaken(answer, url.host, now(), load);
        return answer.http_status;
      });
    },
  };
}

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'lesspay-payins' };

function routeTo(endpoint: Endpoint, all: AllCalls, now: () => number, resolve: Resolve | undefined) {
  const url = new URL(endpoint.url);
  const agent = agentFor(url, endpoint.allowPrivate ? undefined : publicLookup(resolve));
  return { endpoint, url, agent, load: new EndpointLoad(placeOf(endpoint), all, now) };
}

function refuseAllButTaken({ http_status, headers }: AnswerHead, place: string, now: number, load: EndpointLoad): void {
  if (http_status >= 200 && http_status < 300) return;
  const more = { http_status, retryAfterMs: retryAfterMs(headers, now) };
  if (http_status >= 300 && http_status < 400)
    throw new DeliveryError(
      'redirect',
      `${place} answered ${http_status}, a redirect, which is not followed: put the final URL into NOTIFY_ENDPOINTS`,
      more,
    );
  if (http_status === 410) throw new DeliveryError('gone', `${place} answered 410 Gone: it wants no more of it`, more);
  if (http_status < 400 || http_status >= 500 || PASSING.has(http_status))
    throw new DeliveryError('status', `${place} answered ${http_status}`, more);
  const others = load.tookLately() ? ', but takes others: it is about this one' : '';
  throw new DeliveryError('refused', `${place} answered ${http_status}${others}`, more);
}

/** Request Timeout, Too Early, Too Many Requests: later it may take it. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

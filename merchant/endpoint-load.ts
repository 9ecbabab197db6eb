import { DeliveryError } from './errors';

/** Calls to one endpoint at the same time: at most 20, of them at most 10 quick ones. */
const MAX_CALLS = 20;
const MAX_QUICK_CALLS = 10;
/** Calls to all endpoints at the same time. The worker runs up to 100 activities. */
const MAX_CALLS_IN_ALL = 50;
/** Calls that an endpoint may have also when `MAX_CALLS_IN_ALL` is reached. */
const ALWAYS_ALLOWED = 2;
/** How long after a failed or slow call no quick call is made, ms. Other calls show when the endpoint is back. */
const NO_QUICK_CALLS_MS = 30_000;
/** A call that took longer than that, ms, counts as failed for quick calls, also if the endpoint took the notification. */
const SLOW_MS = 1_000;
/** The longest time without any call after an endpoint's `Retry-After`, ms. The refused notification waits as long as asked. */
const MAX_PAUSE_MS = 300_000;
/** `succeededLately` looks back so far, ms. */
const LATELY_MS = 600_000;

/** The calls of one worker that are running, to all endpoints. */
export interface AllCalls {
  count: number;
}

/**
 * Limits the calls of one worker to one endpoint. A slow or unavailable endpoint must not use up the worker: pay-ins and
 * other endpoints run on it too.
 */
export class EndpointLoad {
  private calls = 0;
  private quick = 0;
  private succeededAt = -Infinity;
  private pause = { until: -Infinity, why: '' };
  private failed: { readonly at: number; readonly why: string } | undefined;

  /**
   * @param all shared by all endpoints
   * @param now epoch ms
   */
  constructor(
    private readonly place: string,
    private readonly all: AllCalls,
    private readonly now: () => number,
  ) {}

  /**
   * Makes the call, unless a limit forbids it.
   * @param quick whether another try follows at once when this one fails or is held back
   * @throws DeliveryError `held_back` when the call was not made; or what the call throws
   */
  async run<T>(quick: boolean, call: () => Promise<T>): Promise<T> {
    this.refuse(quick);
    this.calls += 1;
    this.all.count += 1;
    if (quick) this.quick += 1;
    const began = performance.now();
    try {
      const result = await call();
      const tookMs = performance.now() - began;
      this.succeededAt = this.now();
      this.failed =
        tookMs > SLOW_MS ? { at: this.now(), why: `${this.place} took ${Math.round(tookMs)} ms to answer` } : undefined;
      return result;
    } catch (error) {
      if (error instanceof DeliveryError && isUnavailable(error)) this.noteFailure(error);
      throw error;
    } finally {
      this.calls -= 1;
      this.all.count -= 1;
      if (quick) this.quick -= 1;
    }
  }

  /** Has the endpoint taken a notification in the last 10 minutes? */
  succeededLately(): boolean {
    return this.now() - this.succeededAt < LATELY_MS;
  }

  private noteFailure({ message, more: { retryAfterMs = 0 } }: DeliveryError): void {
    const now = this.now();
    this.failed = { at: now, why: message };
    const until = now + Math.min(retryAfterMs, MAX_PAUSE_MS);
    if (until > Math.max(now, this.pause.until)) this.pause = { until, why: message };
  }

  private refuse(quick: boolean): void {
    const { failed, pause, place } = this;
    const pauseMs = pause.until - this.now();
    if (pauseMs > 0)
      throw new DeliveryError('held_back', `not sent yet, because the endpoint asked for a pause: ${pause.why}`, {
        retryAfterMs: pauseMs,
      });
    if (quick && failed && this.now() - failed.at < NO_QUICK_CALLS_MS)
      throw new DeliveryError('held_back', `not sent yet, because a call has just failed or was slow: ${failed.why}`);
    if (this.calls >= MAX_CALLS || (quick && this.quick >= MAX_QUICK_CALLS))
      throw new DeliveryError('held_back', `not sent yet: too many calls to ${place} at the same time`);
    if (this.all.count >= MAX_CALLS_IN_ALL && this.calls >= ALWAYS_ALLOWED)
      throw new DeliveryError('held_back', 'not sent yet: too many calls to all endpoints at the same time');
  }
}

/** Does the failure concern the endpoint as a whole? A cancelled call, or a 4xx other than 429, concerns one pay-in only. */
const isUnavailable = ({ code, more: { http_status = 0 } }: DeliveryError): boolean =>
  code === 'status' ? http_status >= 500 || http_status === 429 : !['refused', 'gone', 'aborted'].includes(code);

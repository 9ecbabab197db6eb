import { DeliveryError } from './errors';

/** So many calls to one endpoint at once, of them so many quick ones. */
const MOST_CALLS = 20;
const MOST_QUICK = 10;
/** So many to all of them; the worker has room for a hundred. So few each may have beyond that, whatever others take up. */
const MOST_IN_ALL = 50;
const ALWAYS = 2;
/** So long after a call that failed, no quick one is made, ms: there are others that look whether it is back. */
const DOWN_FOR_MS = 30_000;
/** So long at the most, ms, an endpoint that asks for a pause is left alone with everything; what it asked it for waits longer. */
const LONGEST_PAUSE_MS = 300_000;
/** It takes others when it took one so short a time ago, ms. */
const LATELY_MS = 600_000;

/** The calls of one worker, to whatever endpoint. */
export interface AllCalls {
  count: number;
}

/**
 * Holds calls back so that an endpoint that is slow or down takes up no more than its share of a worker: what runs beside
 * it, pay-ins and other endpoints, must not wait for it.
 */
export class EndpointLoad {
  private calls = 0;
  private quick = 0;
  private takenAt = -Infinity;
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
   * @param quick whether another try follows at once, so that this one may be left out
   * @throws DeliveryError `held_back`, or what the call throws
   */
  async run<T>(quick: boolean, call: () => Promise<T>): Promise<T> {
    this.refuse(quick);
    this.calls += 1;
    this.all.count += 1;
    if (quick) this.quick += 1;
    try {
      const result = await call();
      this.failed = undefined;
      this.takenAt = this.now();
      return result;
    } catch (error) {
      if (error instanceof DeliveryError && saysDown(error)) this.noteDown(error);
      throw error;
    } finally {
      this.calls -= 1;
      this.all.count -= 1;
      if (quick) this.quick -= 1;
    }
  }

  /** Did it take something a short time ago? */
  tookLately(): boolean {
    return this.now() - this.takenAt < LATELY_MS;
  }

  private noteDown({ message, more: { retryAfterMs = 0 } }: DeliveryError): void {
    const now = this.now();
    this.failed = { at: now, why: message };
    const until = now + Math.min(retryAfterMs, LONGEST_PAUSE_MS);
    if (until > Math.max(now, this.pause.until)) this.pause = { until, why: message };
  }

  private refuse(quick: boolean): void {
    const { failed, pause, place } = this;
    const pauseMs = pause.until - this.now();
    if (pauseMs > 0)
      throw new DeliveryError('held_back', `not tried, since a pause was asked for: ${pause.why}`, {
        retryAfterMs: pauseMs,
      });
    if (quick && failed && this.now() - failed.at < DOWN_FOR_MS)
      throw new DeliveryError('held_back', `not tried at once, since a moment ago: ${failed.why}`);
    if (this.calls >= MOST_CALLS || (quick && this.quick >= MOST_QUICK))
      throw new DeliveryError('held_back', `${place} is being sent as much at once as it may: tried again later`);
    if (this.all.count >= MOST_IN_ALL && this.calls >= ALWAYS)
      throw new DeliveryError(
        'held_back',
        'the endpoints are being sent as much at once as they may: tried again later',
      );
  }
}

/** A refusal of this one notification says nothing of the next. */
const saysDown = ({ code, more: { http_status = 0 } }: DeliveryError): boolean =>
  code === 'status' ? http_status >= 500 || http_status === 429 : code !== 'refused' && code !== 'aborted';

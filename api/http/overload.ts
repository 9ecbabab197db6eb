import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import { Problem } from './problems';

/** How late this process runs what is due, ms. */
export type Delay = () => number;

const RESOLUTION_MS = 10;
const WINDOW_MS = 500;
const WINDOWS = 4;

/**
 * Measures how late the event loop is, until `stop`: the least of the last four half seconds, each on average. So one long pause, at
 * the start or when memory is freed, is no overload.
 */
export function measureDelay(): { readonly delay: Delay; readonly stop: () => void } {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const windows = Array.from({ length: WINDOWS }, () => 0);
  const window = setInterval(() => {
    const now = histogram.count === 0 ? 0 : Math.max(0, histogram.mean / 1e6 - RESOLUTION_MS);
    windows.shift();
    windows.push(now);
    histogram.reset();
  }, WINDOW_MS).unref();
  const stop = () => {
    clearInterval(window);
    histogram.disable();
  };
  return { delay: () => Math.min(...windows), stop };
}

/**
 * Answers 503 `overloaded` while the event loop is later than `limitMs`. The requests that are already accepted are finished
 * first: otherwise all would become slower, until callers give up and send them again.
 * @param limitMs 0: no limit
 */
export const shedLoad = (delay: Delay, limitMs: number): RequestHandler => {
  return (_req, _res, next) => {
    if (limitMs === 0 || delay() <= limitMs) return next();
    throw new Problem('overloaded', 'Too many requests are in progress. Send the request again later.');
  };
};

/** Webhooks are cheap: they go on while REST is refused, up to so many times its limit. */
export const WEBHOOKS_LATER = 4;

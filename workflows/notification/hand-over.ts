import type { FailedTry, HandOver } from './messages';
import type { PayinEvent } from '../../payin/events';
import type { PayinView } from '../../payin/view';

/** Checks of what comes by signal: one that is sent by hand may hold anything. */

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function isHandOver(value: unknown): value is HandOver {
  if (!isObject(value)) return false;
  const { payin, events } = value;
  return isPayinView(payin) && Array.isArray(events) && events.every(isEvent);
}

/** The try that failed; undefined if none is stated. */
export function failedTry({ tried }: { readonly tried?: unknown }): FailedTry | undefined {
  if (!isObject(tried)) return undefined;
  const { number, failure, not_before } = tried;
  if (!isNumber(number) || typeof failure !== 'string') return undefined;
  return { number, failure, ...(isNumber(not_before) ? { not_before } : {}) };
}

const isPayinView = (value: unknown): value is PayinView =>
  isObject(value) && typeof value['request_id'] === 'string' && Array.isArray(value['alerts']);

const isEvent = (value: unknown): value is PayinEvent =>
  isObject(value) &&
  isNumber(value['number']) &&
  typeof value['kind'] === 'string' &&
  typeof value['at'] === 'string' &&
  isObject(value['data']);

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** From which number on events are to be sent again; undefined if it is not stated. */
export function resendFrom(request: unknown): number | undefined {
  const from = isObject(request) ? request['from'] : undefined;
  return isNumber(from) ? from : undefined;
}

import type { OperatorNote } from '../workflows/payin/messages';
import { isOpenAlert, type Alert, type AlertCode, type Flag } from './state';

/** Conditions rather than facts about the order: one at a time, and again when one comes back or outlasts its acknowledgement. */
const CONDITIONS: ReadonlySet<AlertCode> = new Set([
  'credentials',
  'query_unreadable',
  'request_id_taken',
  'unresolved',
]);

/** What keeps Lesspay's answers from us: over when one comes. */
export const isAboutAnswers = ({ code }: Flag): boolean => code === 'credentials' || code === 'query_unreadable';

/** Each is an event of its own, also where it reads like one that was dealt with. */
const EVENTS: ReadonlySet<AlertCode> = new Set(['dispute_received', 'unconfirmed_claim', 'unknown_event']);

/** So many open ones of a code say enough: whatever Lesspay repeats, what a run carries stays small. */
const MOST_OPEN = 20;

/** An alert that is open no more is kept while it is among the newest. */
const MOST_KEPT = 100;

/** With the flag raised, unless it says nothing new: a fact about the order is raised once, however often it is seen. */
export function flagged(alerts: Alert[], flag: Flag, at: number): Alert[] {
  const known = alerts.some((alert) => {
    if (alert.code !== flag.code) return false;
    if (CONDITIONS.has(alert.code)) return isOpenAlert(alert);
    return alert.message === flag.message && (isOpenAlert(alert) || !EVENTS.has(alert.code));
  });
  const open = alerts.filter((alert) => alert.code === flag.code && isOpenAlert(alert));
  if (known || open.length >= MOST_OPEN) return alerts;
  const kept = alerts.filter((alert, index) => isOpenAlert(alert) || index >= alerts.length - MOST_KEPT);
  return [...kept, { ...flag, at }];
}

/** With those alerts acknowledged that are still open. */
export const settled = (
  alerts: readonly Alert[],
  which: (alert: Alert) => boolean,
  { who, why }: OperatorNote,
  at: number,
): Alert[] =>
  alerts.map((alert) => (isOpenAlert(alert) && which(alert) ? { ...alert, acknowledged: { who, why, at } } : alert));

/** With those alerts over that are still open. */
export const ended = (alerts: readonly Alert[], which: (alert: Alert) => boolean, at: number): Alert[] =>
  alerts.map((alert) => (isOpenAlert(alert) && which(alert) ? { ...alert, over_at: at } : alert));

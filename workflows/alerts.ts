import type { OperatorNote } from './payin-messages';
import type { Alert, AlertCode, Flag } from './payin-state';

/** Conditions rather than facts about the order: one at a time, and again when they last beyond an acknowledgement. */
const CONDITIONS: ReadonlySet<AlertCode> = new Set([
  'credentials',
  'query_unreadable',
  'request_id_taken',
  'unresolved',
]);

/** Each is an event of its own, also where it reads like one that was dealt with. */
const EVENTS: ReadonlySet<AlertCode> = new Set(['dispute_received', 'unconfirmed_claim']);

/** So many open ones of a code say enough: whatever Lesspay repeats, what a run carries stays small. */
const MOST_OPEN = 20;

/** An alert that was dealt with is kept while it is among the newest. */
const MOST_KEPT = 100;

/** With the flag raised, unless it says nothing new: a fact about the order is raised once, however often it is seen. */
export function flagged(alerts: Alert[], flag: Flag, at: number): Alert[] {
  const known = alerts.some(({ code, message, acknowledged }) => {
    if (code !== flag.code) return false;
    if (CONDITIONS.has(code)) return !acknowledged;
    return message === flag.message && !(EVENTS.has(code) && acknowledged);
  });
  const open = alerts.filter(({ code, acknowledged }) => code === flag.code && !acknowledged);
  if (known || open.length >= MOST_OPEN) return alerts;
  const kept = alerts.filter(({ acknowledged }, index) => !acknowledged || index >= alerts.length - MOST_KEPT);
  return [...kept, { ...flag, at }];
}

/** With those alerts acknowledged that are still open. */
export const settled = (
  alerts: readonly Alert[],
  which: (alert: Alert) => boolean,
  { who, why }: OperatorNote,
  at: number,
): Alert[] =>
  alerts.map((alert) => (alert.acknowledged || !which(alert) ? alert : { ...alert, acknowledged: { who, why, at } }));

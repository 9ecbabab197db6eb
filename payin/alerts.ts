import type { OperatorNote } from './operator-note';

/** The codes of alerts. An open alert keeps the run open until a person acknowledges it or its condition ends. */
export type AlertCode =
  | 'amount_mismatch'
  | 'amount_unit'
  | 'credentials'
  | 'dispute_received'
  | 'ended_with_money'
  | 'history_unreadable'
  | 'identity_mismatch'
  | 'late_payment'
  | 'part_refund'
  | 'query_unreadable'
  | 'request_id_taken'
  | 'status_conflict'
  | 'unconfirmed_claim'
  | 'unknown_event'
  | 'unknown_order'
  | 'unknown_status'
  | 'unresolved';

export interface Flag {
  readonly code: AlertCode;
  readonly message: string;
  /** Until when a person must have answered Lesspay, RFC 3339; absent where no such time is stated. */
  readonly answer_by?: string;
}

/** A flag, and what became of it. Instants in epoch ms. Never has both `acknowledged` and `over_at`. */
export interface Alert extends Flag {
  readonly at: number;
  /** When a person was reminded that it must be answered (`reminders.ts`). */
  readonly reminded_at?: number;
  /** A person has dealt with it. */
  readonly acknowledged?: { readonly who: string; readonly why: string; readonly at: number };
  /** When its condition ended without a person. */
  readonly over_at?: number;
}

export const isOpenAlert = ({ acknowledged, over_at }: Alert): boolean => !acknowledged && over_at === undefined;

/** The alerts that a person must still deal with. */
export const openAlerts = (alerts: readonly Alert[]): Alert[] => alerts.filter(isOpenAlert);

/** The alerts that are to be answered soonest, first; those without such a time last, as they were. */
export const mostUrgentFirst = (alerts: readonly Alert[]): Alert[] =>
  alerts.toSorted((one, other) => deadline(one) - deadline(other) || 0);

const deadline = ({ answer_by }: Flag): number => (answer_by === undefined ? Infinity : Date.parse(answer_by));

/**
 * Alerts about a condition that lasts, not about a fact of the order. At most one of a code is open. It is raised again
 * when the condition comes back, or still holds after the acknowledgement.
 */
const CONDITIONS: ReadonlySet<AlertCode> = new Set([
  'credentials',
  'query_unreadable',
  'request_id_taken',
  'unresolved',
]);

/** Alerts about missing or unreadable answers of Lesspay. They end when a readable answer comes. */
export const isAboutAnswers = ({ code }: Flag): boolean => code === 'credentials' || code === 'query_unreadable';

/** Alerts about something that can happen again. One with the text of an alert that was dealt with is raised again. */
const EVENTS: ReadonlySet<AlertCode> = new Set(['dispute_received', 'unconfirmed_claim', 'unknown_event']);

/** How many alerts of one code may be open: the facts of a run must stay small, whatever Lesspay sends. */
const MOST_OPEN = 20;

/** How many of the newest alerts are kept, even if they are no longer open. Open ones are always kept. */
const MOST_KEPT = 100;

/**
 * Adds an alert for the flag. A fact about the order is raised once, however often it is seen.
 * @returns the same array if the flag says nothing new
 */
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

/** @returns all alerts, those acknowledged that are open and that `which` selects */
export const acknowledged = (
  alerts: readonly Alert[],
  which: (alert: Alert) => boolean,
  { who, why }: OperatorNote,
  at: number,
): Alert[] =>
  alerts.map((alert) => (isOpenAlert(alert) && which(alert) ? { ...alert, acknowledged: { who, why, at } } : alert));

/** @returns all alerts, those ended that are open and that `which` selects */
export const ended = (alerts: readonly Alert[], which: (alert: Alert) => boolean, at: number): Alert[] =>
  alerts.map((alert) => (isOpenAlert(alert) && which(alert) ? { ...alert, over_at: at } : alert));

import type { OperatorNote } from './operator-note';

/** What a person must see. Each holds the run open until it is acknowledged, or over by itself. */
export type AlertCode =
  | 'amount_mismatch'
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
}

/** A flag as it is kept. `at`, `over_at` and `acknowledged.at` in epoch ms; the last two never together. */
export interface Alert extends Flag {
  readonly at: number;
  /** A person has dealt with it. */
  readonly acknowledged?: { readonly who: string; readonly why: string; readonly at: number };
  /** When what it told of was over by itself. */
  readonly over_at?: number;
}

export const isOpenAlert = ({ acknowledged, over_at }: Alert): boolean => !acknowledged && over_at === undefined;

/** What is left for a person to deal with. */
export const openAlerts = (alerts: readonly Alert[]): Alert[] => alerts.filter(isOpenAlert);

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
export const acknowledged = (
  alerts: readonly Alert[],
  which: (alert: Alert) => boolean,
  { who, why }: OperatorNote,
  at: number,
): Alert[] =>
  alerts.map((alert) => (isOpenAlert(alert) && which(alert) ? { ...alert, acknowledged: { who, why, at } } : alert));

/** With those alerts over that are still open. */
export const ended = (alerts: readonly Alert[], which: (alert: Alert) => boolean, at: number): Alert[] =>
  alerts.map((alert) => (isOpenAlert(alert) && which(alert) ? { ...alert, over_at: at } : alert));

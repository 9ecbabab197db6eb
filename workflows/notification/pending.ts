import type { PendingNotification, PendingView } from './messages';
import { rfc3339 } from '../../payin/rfc3339';

/** What is undelivered, as it is carried on and as it is shown. */

/** How many pending events, besides the last, keep a pay-in of their own: what a run hands to the next must stay small. */
const MOST_SNAPSHOTS = 50;

/** Beyond `MOST_SNAPSHOTS` only the last one keeps its pay-in: the others are sent with that. */
export const sharingPayins = (pending: readonly PendingNotification[]): PendingNotification[] =>
  pending.map((one, index) => {
    if (index < MOST_SNAPSHOTS || index === pending.length - 1) return one;
    const { payin: _shared, ...rest } = one;
    return rest;
  });

export function pendingView({ event: { number, kind, at, data }, since }: PendingNotification): PendingView {
  const to = data['to'];
  return { number, kind, ...(typeof to === 'string' ? { to } : {}), at, since: rfc3339(since) };
}

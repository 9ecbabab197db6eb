import { createHash } from 'node:crypto';
import type { PayinEvent, PayinEventKind } from '../payin/events';
import { sortedMembers } from '../payin/sorted-members';
import { type PayinView, publicView } from '../payin/view';

/** One event, and the pay-in at the time when its workflow handed the event over. */
export interface Notification {
  readonly payin: PayinView;
  readonly event: PayinEvent;
}

/** The JSON body that the endpoint gets. Its shape is the one that Standard Webhooks recommends. */
export interface NotificationBody {
  /** e.g. `payin.transition` */
  readonly type: `payin.${PayinEventKind}`;
  /** The time of the event, RFC 3339. */
  readonly timestamp: string;
  readonly data: {
    /** The same shape as the answer of `GET /payins/{request_id}`. */
    readonly payin: PayinView;
    readonly event: PayinEvent;
  };
}

export function notificationBody({ payin, event }: Notification): NotificationBody {
  const { number, at, kind, source, data } = event;
  return {
    type: `payin.${kind}`,
    timestamp: at,
    data: { payin: publicView(payin), event: { number, at, kind, source, data } },
  };
}

/**
 * The `webhook-id`: always the same for the same event, and of no other. The number alone would not do: after a restore from a
 * backup it comes again, with another event, which the merchant must not take for a repetition. A "." is not allowed in it
 * (Standard Webhooks, "Signature scheme"), but is in a request_id. A request_id never contains "~".
 */
export const webhookId = ({ payin, event }: Notification): string =>
  `${payin.request_id.replaceAll('.', '~')}_${event.number}_${contentOf(event)}`;

/** However it is kept: the records give members back in another order. */
const contentOf = ({ kind, data }: PayinEvent): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, sortedMembers(data)]))
    .digest('hex')
    .slice(0, 8);

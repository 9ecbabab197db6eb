import type { PayinEvent, PayinEventKind } from '../payin/events';
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
 * The `webhook-id`: always the same for the same event, and unique. A "." is not allowed in it (Standard Webhooks,
 * "Signature scheme"), but is in a request_id. A request_id never contains "~", and a number never "_".
 */
export const webhookId = ({ payin, event }: Notification): string =>
  `${payin.request_id.replaceAll('.', '~')}_${event.number}`;

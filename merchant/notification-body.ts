import type { PayinEvent, PayinEventKind } from '../payin/events';
import { type PayinView, publicView } from '../payin/view';

/** One event, with the pay-in as it was when the event was handed over. */
export interface Notification {
  readonly payin: PayinView;
  readonly event: PayinEvent;
}

/** What the merchant's endpoint gets, as JSON: the shape that Standard Webhooks recommends. */
export interface NotificationBody {
  /** e.g. `payin.transition` */
  readonly type: `payin.${PayinEventKind}`;
  /** When it happened, RFC 3339. */
  readonly timestamp: string;
  readonly data: {
    /** As `GET /payins/{request_id}` shows it. */
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
 * The `webhook-id`, one for an event for good. It may hold no "." (Standard Webhooks, "Signature scheme"), a request_id
 * may, and never holds a "~". The number has no "_", so two events never share an id.
 */
export const webhookId = ({ payin, event }: Notification): string =>
  `${payin.request_id.replaceAll('.', '~')}_${event.number}`;

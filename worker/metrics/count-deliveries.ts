import { DeliveryError } from '../../merchant/errors';
import type { Merchant } from '../../merchant/merchant';
import type { Metrics } from './metrics';

/** Wraps the merchant's endpoints so that each attempt to send a notification is counted, by endpoint. */
export function countDeliveries(merchant: Merchant, { attempts, notificationLag }: Metrics): Merchant {
  return {
    ...merchant,
    async deliver(endpoint, notification, options) {
      try {
        const http_status = await merchant.deliver(endpoint, notification, options);
        attempts.add(1, { endpoint, result: 'delivered' });
        notificationLag.record(Math.max(Date.now() - Date.parse(notification.event.at), 0) / 1_000, { endpoint });
        return http_status;
      } catch (error) {
        const isHeldBack = error instanceof DeliveryError && error.code === 'held_back';
        attempts.add(1, { endpoint, result: isHeldBack ? 'held_back' : 'failed' });
        throw error;
      }
    },
  };
}

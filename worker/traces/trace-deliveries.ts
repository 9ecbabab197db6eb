import type { Merchant } from '../../merchant/merchant';
import type { Traces } from '../../traces/traces';

/** Wraps the merchant's endpoints so that each attempt to send a notification is a span. */
export function traceDeliveries(merchant: Merchant, traces: Traces): Merchant {
  if (!traces.on) return merchant;
  return {
    ...merchant,
    deliver(endpoint, notification, options) {
      const attributes = {
        'notification.endpoint': endpoint,
        'payin.event_number': notification.event.number,
        'payin.status': notification.payin.status,
      };
      return traces.span('notify', { kind: 'client', attributes }, async (span) => {
        const http_status = await merchant.deliver(endpoint, notification, options);
        span.set({ 'http.response.status_code': http_status });
        return http_status;
      });
    },
  };
}

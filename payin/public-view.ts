import type { PayinView } from '../workflows/payin/messages';
import { isPayable } from './state';

/** A pay-in's public members, and none of what only the workflow and its callers need. */
export function shownPayin(payin: PayinView): PayinView {
  const { request_id, pay_order_id, status, amount, currency, checkout_url, workflow_id } = payin;
  const { created_at, expires_at, outcome_at, needs_attention, alerts, metadata } = payin;
  return {
    request_id,
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    status,
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
    // Callers look at the page alone: it is there only while it can be paid.
    ...(checkout_url !== undefined && isPayable(status) ? { checkout_url } : {}),
    workflow_id,
    created_at,
    expires_at,
    ...(outcome_at === undefined ? {} : { outcome_at }),
    needs_attention,
    alerts: alerts.map(({ code, message, at, over_at }) => ({
      code,
      message,
      at,
      ...(over_at === undefined ? {} : { over_at }),
    })),
    metadata,
  };
}

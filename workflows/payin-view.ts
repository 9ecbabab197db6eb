import type { PayinFacts } from './payin-facts';
import type { PayinRequest, PayinResult, PayinView } from './payin-messages';
import { openAlerts } from './payin-state';

/** A pay-in as answers show it. */
export function payinView(facts: PayinFacts, { metadata }: PayinRequest, workflow_id: string): PayinView {
  const { payin, checkout_url, created_at, expires_at, alerts } = facts;
  return {
    request_id: payin.request_id,
    ...(payin.pay_order_id === undefined ? {} : { pay_order_id: payin.pay_order_id }),
    status: payin.status,
    amount: payin.amount,
    currency: payin.currency,
    ...(checkout_url === undefined ? {} : { checkout_url }),
    workflow_id,
    created_at: rfc3339(created_at),
    expires_at: rfc3339(expires_at),
    ...(payin.outcome_at === undefined ? {} : { outcome_at: rfc3339(payin.outcome_at) }),
    needs_attention: openAlerts(alerts).length > 0,
    alerts: alerts.map(({ code, message, at }) => ({ code, message, at: rfc3339(at) })),
    metadata,
  };
}

/** What the query `state` shows and a run ends with. */
export function payinResult(view: PayinView, { refusal, notices }: PayinFacts, digest: string): PayinResult {
  return {
    ...view,
    digest,
    ...(refusal === undefined ? {} : { refusal }),
    notices: notices.map(({ code, message, at }) => ({ code, message, at: rfc3339(at) })),
  };
}

const rfc3339 = (at: number): string => new Date(at).toISOString();

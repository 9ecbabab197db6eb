import type { PayinFacts } from './facts';
import type { PayinState, PayinView } from '../workflows/payin/messages';
import { isPayable, openAlerts } from './state';
import { rfc3339 } from './rfc3339';

/** A pay-in as answers show it: with its checkout page only while it can be paid. */
export function payinView(facts: PayinFacts, workflow_id: string): PayinView {
  const { payin, request, checkout_url, created_at, expires_at, alerts } = facts;
  const { request_id, pay_order_id, status, amount, currency, outcome_at } = payin;
  return {
    request_id,
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    status,
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
    ...(checkout_url !== undefined && isPayable(status) ? { checkout_url } : {}),
    workflow_id,
    created_at: rfc3339(created_at),
    expires_at: rfc3339(expires_at),
    ...(outcome_at === undefined ? {} : { outcome_at: rfc3339(outcome_at) }),
    needs_attention: openAlerts(alerts).length > 0,
    alerts: alerts.map(({ code, message, at, acknowledged, over_at }) => ({
      code,
      message,
      at: rfc3339(at),
      ...(acknowledged ? { acknowledged_at: rfc3339(acknowledged.at) } : {}),
      ...(over_at === undefined ? {} : { over_at: rfc3339(over_at) }),
    })),
    metadata: request?.metadata ?? {},
  };
}

/** What the query `state` shows. */
export function payinState(facts: PayinFacts, workflow_id: string): PayinState {
  const { payin, digest, creation_over, taken, refusal, notices, audit } = facts;
  return {
    ...payinView(facts, workflow_id),
    ...(digest === undefined ? {} : { digest }),
    creating: payin.status === 'CREATING' && !creation_over,
    taken,
    ...(refusal === undefined ? {} : { refusal }),
    notices: notices.map(({ code, message, at }) => ({ code, message, at: rfc3339(at) })),
    audit: audit.map(({ at, ...entry }) => ({ ...entry, at: rfc3339(at) })),
  };
}

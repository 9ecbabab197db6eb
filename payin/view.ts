import { openAlerts, type Alert } from './alerts';
import type { AuditEntry, PayinFacts } from './facts';
import { type NextStep, publicStep } from './next-step';
import { isUnitOpen, openStep } from './open-step';
import type { PaidCard } from './paid-card';
import type { PayinRequest, Refusal } from './request';
import { rfc3339 } from './rfc3339';
import { offeredCard, type ShownCard } from './stored-card';
import { isPayable, type PayinStatus } from './state';

/** A pay-in as every answer shows it. Times in RFC 3339. */
export interface PayinView {
  readonly request_id: string;
  readonly pay_order_id?: string;
  readonly status: PayinStatus;
  /** Absent, like the currency, if only Lesspay knows the order and does not state it. */
  readonly amount?: string;
  readonly currency?: string;
  /** The URL of a `redirect`. */
  readonly checkout_url?: string;
  /** What the payer must do. Absent in lists. */
  readonly next_step?: NextStep;
  readonly workflow_id: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly outcome_at?: string;
  /** A card that Lesspay has stored after this payment. Absent in lists. */
  readonly stored_card?: ShownCard;
  readonly needs_attention: boolean;
  readonly alerts: readonly AlertView[];
  readonly metadata: PayinRequest['metadata'];
}

export interface AlertView extends Pick<Alert, 'code' | 'message' | 'answer_by'> {
  readonly at: string;
  /** How much time is left to answer an open alert, whole seconds; below zero when it is too late. Only in REST's answers. */
  readonly seconds_left?: number;
  /** When a person dealt with it. Not part of REST's answers. */
  readonly acknowledged_at?: string;
  /** When its condition ended without a person. Never beside `acknowledged_at`; both are absent while it is open. */
  readonly over_at?: string;
}

/** A pay-in with all that a person may want to know of it. */
export interface PayinState extends PayinView {
  /** Absent if it is not known what the merchant asked for (`unknown_order`). */
  readonly digest?: string;
  /** Its order is still being made: there may yet be a checkout page. */
  readonly creating: boolean;
  /** The request_id belongs to somebody else's order. */
  readonly taken: boolean;
  /** Why there is no order; absent if there is one. */
  readonly refusal?: Refusal;
  /** Lesspay stated the amount in another unit: the payer must not pay. */
  readonly unit_wrong?: true;
  /** What Lesspay says of the card that paid. */
  readonly card?: PaidCard;
  /** The newest 20. They keep no run open. */
  readonly notices: readonly NoticeView[];
  /** What people did, the newest 100. */
  readonly audit: readonly AuditView[];
}

export type AuditView = Omit<AuditEntry, 'at'> & { readonly at: string };

export interface NoticeView {
  readonly code: string;
  readonly message: string;
  readonly at: string;
}

/** A pay-in as answers show it: with its checkout page only while it can be paid. */
export function payinView(facts: PayinFacts, workflow_id: string): PayinView {
  const { payin, request, created_at, expires_at, alerts } = facts;
  const { request_id, pay_order_id, status, amount, currency, outcome_at } = payin;
  return {
    request_id,
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    status,
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
    ...stepToPay(openStep(facts)),
    workflow_id,
    created_at: rfc3339(created_at),
    expires_at: rfc3339(expires_at),
    ...(outcome_at === undefined ? {} : { outcome_at: rfc3339(outcome_at) }),
    ...offeredCard(facts.stored_card),
    needs_attention: openAlerts(alerts).length > 0,
    alerts: alerts.map(({ code, message, answer_by, at, acknowledged, over_at }) => ({
      code,
      message,
      ...(answer_by === undefined ? {} : { answer_by }),
      at: rfc3339(at),
      ...(acknowledged ? { acknowledged_at: rfc3339(acknowledged.at) } : {}),
      ...(over_at === undefined ? {} : { over_at: rfc3339(over_at) }),
    })),
    metadata: request?.metadata ?? {},
  };
}

/** Callers look at the step alone: it is shown only while the order can be paid. */
const stepToPay = (next_step: NextStep | undefined) => ({
  ...(next_step?.type === 'redirect' ? { checkout_url: next_step.url } : {}),
  ...(next_step ? { next_step } : {}),
});

/** What the query `state` shows. */
export function payinState(facts: PayinFacts, workflow_id: string): PayinState {
  const { payin, digest, creation_over, taken, refusal, unit_wrong, card, notices, audit } = facts;
  return {
    ...payinView(facts, workflow_id),
    ...(digest === undefined ? {} : { digest }),
    creating: (payin.status === 'CREATING' && !creation_over) || isUnitOpen(facts),
    taken,
    ...(refusal === undefined ? {} : { refusal }),
    ...(unit_wrong ? { unit_wrong } : {}),
    ...(card ? { card } : {}),
    notices: notices.map(({ code, message, at }) => ({ code, message, at: rfc3339(at) })),
    audit: audit.map(({ at, ...entry }) => ({ ...entry, at: rfc3339(at) })),
  };
}

/**
 * A pay-in's public members, and none of what only the workflow and its callers need.
 * @param now epoch ms; given where the answer says how much time is left to answer an alert
 */
export function publicView(payin: PayinView, now?: number): PayinView {
  const { request_id, pay_order_id, status, amount, currency, checkout_url, next_step, workflow_id } = payin;
  const { created_at, expires_at, outcome_at, stored_card, needs_attention, alerts, metadata } = payin;
  return {
    request_id,
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    status,
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
    ...(isPayable(status) && checkout_url !== undefined ? { checkout_url } : {}),
    ...(isPayable(status) && next_step ? { next_step: publicStep(next_step) } : {}),
    workflow_id,
    created_at,
    expires_at,
    ...(outcome_at === undefined ? {} : { outcome_at }),
    ...(stored_card ? { stored_card } : {}),
    needs_attention,
    alerts: alerts.map((alert) => publicAlert(alert, now)),
    metadata,
  };
}

/** As `isOpenAlert`, of an alert as answers show it. */
export const isOpenView = ({ acknowledged_at, over_at }: AlertView): boolean =>
  acknowledged_at === undefined && over_at === undefined;

function publicAlert(alert: AlertView, now?: number): AlertView {
  const { code, message, answer_by, at, over_at } = alert;
  return {
    code,
    message,
    ...(answer_by === undefined ? {} : { answer_by }),
    ...(answer_by !== undefined && now !== undefined && isOpenView(alert)
      ? { seconds_left: Math.floor((Date.parse(answer_by) - now) / 1_000) }
      : {}),
    at,
    ...(over_at === undefined ? {} : { over_at }),
  };
}

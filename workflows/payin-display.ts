import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { payinSummary } from './payin-messages';
import type { PayinRun } from './payin-run';
import type { AlertCode } from './payin-state';
import { SEARCH_ATTRIBUTES } from './search-attributes';

/** What an operator sees of a pay-in in the Temporal UI, and what to do about it. */

const WHAT_TO_DO: Record<AlertCode, string> = {
  amount_mismatch: 'Compare the amount at Lesspay with the order; settle the difference with the payer or Lesspay.',
  credentials: 'Check LESSPAY_APP_ID and LESSPAY_APP_SECRET of the workers; the pay-in goes on by itself.',
  identity_mismatch: 'Ask Lesspay which order is meant; what it said was not applied.',
  late_payment: 'Money arrived after the pay-in had ended: deliver, or have it refunded.',
  query_unreadable: "Read the message: Lesspay's answer has a shape this release can't read. Asking goes on.",
  request_id_taken: 'Find out whose order it is. Start a new pay-in under a new request_id.',
  status_conflict: 'Lesspay contradicts itself: ask Lesspay which status holds. The first one was kept.',
  unconfirmed_claim: 'Ask Lesspay about the order: its webhook and its query disagree.',
  unknown_status: 'Ask Lesspay what the status means; it was not applied.',
  unresolved: 'Ask Lesspay what became of the order. A webhook still wakes this run.',
};

/** Writes the run's current details, and the search attributes that changed since `show` was last called. */
export function show(run: PayinRun): void {
  setCurrentDetails(details(run));
  const { status, pay_order_id } = run.payin;
  const shown = { status, pay_order_id, attention: run.openAlerts.length > 0 };
  const before = run.shown;
  run.shown = shown;
  const changed = [
    ...(shown.status === before.status ? [] : [{ key: SEARCH_ATTRIBUTES.payinStatus, value: shown.status }]),
    ...(pay_order_id === before.pay_order_id || pay_order_id === undefined
      ? []
      : [{ key: SEARCH_ATTRIBUTES.payOrderId, value: pay_order_id }]),
    ...(shown.attention === before.attention
      ? []
      : [{ key: SEARCH_ATTRIBUTES.needsAttention, value: shown.attention }]),
  ];
  if (changed.length > 0) upsertSearchAttributes(changed);
}

function details(run: PayinRun): string {
  const { facts, payin } = run;
  const lines = [
    `**${payinSummary(payin)}**`,
    `Status **${payin.status}**${payin.pay_order_id === undefined ? '' : `, order ${payin.pay_order_id}`}`,
    ...run.openAlerts.map(({ code, message }) => `**Needs attention: ${code}**: ${message}. ${WHAT_TO_DO[code]}`),
    ...(run.openAlerts.length > 0
      ? ['When dealt with: update `acknowledge` with `{"who": "...", "why": "..."}`.']
      : []),
    ...facts.claims.map(({ order_status }) => `A webhook says ${order_status}; query-order does not show it yet.`),
    ...(facts.watching ? [] : ['Watching was stopped by Cancel: no polls. A webhook or a `wake` signal still asks.']),
    ...(facts.doubt_since !== undefined && facts.ordered_at === undefined
      ? ['A create-order may have taken effect: the order is looked up before any other attempt.']
      : []),
  ];
  return lines.join('\n\n');
}

/** How long, in words for people: `2m10s`, `3h`, `1d4h`. */
export function span(ms: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const;
  let seconds = Math.max(Math.round(ms / 1_000), 0);
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join('') || '0s';
}

import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { payinSummary } from './messages';
import { isTheMerchants, type Destination } from '../../payin/journal';
import type { PayinRun } from './run';
import { mostUrgentFirst, type Alert, type AlertCode } from '../../payin/alerts';
import type { Payin } from '../../payin/state';
import { amountForFilters, instantForFilters, SEARCH_ATTRIBUTES } from '../search-attributes';

/** What an operator sees of a pay-in in the Temporal UI, and what to do about it. */

/** Shown beside each alert. `docs/operations.md` has more, under the alert's code. */
export const WHAT_TO_DO: Record<AlertCode, string> = {
  amount_mismatch:
    'Compare the amount at Lesspay with the order and settle the difference. If the status is PAID, then `resolve`.',
  amount_unit:
    'Lesspay took or states the amount in another unit: a factor of 100 or so. Nobody is sent to pay this order. Cancel it at Lesspay, ask Lesspay for the unit, and correct `lesspay/methods.ts`. If money came, settle it.',
  credentials:
    'Check LESSPAY_APP_ID and LESSPAY_APP_SECRET of the workers. Once they are right, the pay-in goes on and the alert ends by itself.',
  dispute_received: 'Answer the dispute at Lesspay in time. It does not change the status.',
  ended_with_money:
    'Money came before the order ended unpaid: refund it at Lesspay, or keep it. Then `resolve` to REFUND or SUCCEED, or acknowledge.',
  history_unreadable:
    'Look for open alerts and decisions of operators in the history of the run that it names, then `pollNow`.',
  identity_mismatch: 'Ask Lesspay which order is meant. What Lesspay said was not applied.',
  late_payment: 'Money arrived after the pay-in had ended: deliver, or refund it at Lesspay.',
  part_refund:
    'Ask Lesspay how much went back, and settle it. The status stays SUCCEED; if all of it went back, `resolve` to REFUND.',
  query_unreadable: "Read the message: Lesspay's answer has a shape that this release can't read. Polls go on.",
  request_id_taken:
    'Find out whose order it is: `adopt` it if it is ours, else start a new pay-in under a new request_id.',
  status_conflict:
    'Ask Lesspay which status is right: it contradicts the outcome that it stated before, or that `resolve` set. That outcome was kept.',
  unconfirmed_claim:
    'Ask Lesspay about the order: its webhook and its query disagree. Then `pollNow`: once query-order shows the claim, the alert ends by itself.',
  unknown_event:
    'Ask Lesspay what the event means and what to do. It does not change the status. The merchant is notified of its name.',
  unknown_order:
    'Find out whose order it is. `adopt` it if it is ours: then the merchant is notified of it, and of all that has happened. Until then the merchant is not notified. It is watched like any other.',
  unknown_status: 'Ask Lesspay what the status means. It was not applied.',
  unresolved:
    'Ask Lesspay what became of the order. While the status is UNRESOLVED or PAID, `resolve` it, or `pollNow` to ask again. After a webhook this run still asks Lesspay.',
};

/** Writes the run's current details, and the search attributes that changed since the last call. Only the loop calls it. */
export function show(run: PayinRun): void {
  run.unshown = false;
  // A resumed run has nothing to show before its facts are loaded.
  if (!run.loaded) return;
  setCurrentDetails(details(run));
  const pairs = searchAttributes(run.payin, run.openAlerts);
  const changed = pairs.filter(({ key, value }) => run.shown.get(key.name) !== String(value));
  for (const { key, value } of pairs) run.shown.set(key.name, String(value));
  if (changed.length > 0) upsertSearchAttributes(changed);
}

/** Notes what the search attributes say when a run starts: its starter set them, or the run before it. */
export function shownAtStart(run: PayinRun): void {
  const known = run.loaded ? run.payin : undefined;
  for (const { key, value } of searchAttributes(known, [])) run.shown.set(key.name, String(value));
}

/** Takes the run off the list of the runs that need attention. */
export function hide(run: PayinRun): void {
  if (run.shown.get(SEARCH_ATTRIBUTES.needsAttention.name) === 'true') upsertSearchAttributes(attention([]));
}

function searchAttributes(payin: Payin | undefined, open: readonly Alert[]): SearchAttributeUpdatePair[] {
  const { status, pay_order_id, currency } = payin ?? {};
  const amount = payin?.amount === undefined ? undefined : amountForFilters(payin.amount);
  return [
    ...(status === undefined ? [] : [{ key: SEARCH_ATTRIBUTES.payinStatus, value: status }]),
    ...(pay_order_id === undefined ? [] : [{ key: SEARCH_ATTRIBUTES.payOrderId, value: pay_order_id }]),
    ...(currency === undefined ? [] : [{ key: SEARCH_ATTRIBUTES.payinCurrency, value: currency }]),
    ...(amount === undefined ? [] : [{ key: SEARCH_ATTRIBUTES.payinAmount, value: amount }]),
    ...attention(open),
  ];
}

function attention(open: readonly Alert[]): SearchAttributeUpdatePair[] {
  const codes = [...new Set(open.map(({ code }) => code))].sort();
  const answer_by = instantForFilters(mostUrgentFirst(open)[0]?.answer_by ?? '');
  return [
    { key: SEARCH_ATTRIBUTES.needsAttention, value: open.length > 0 },
    { key: SEARCH_ATTRIBUTES.payinAlerts, value: codes.length > 0 ? codes : null },
    { key: SEARCH_ATTRIBUTES.payinAnswerBy, value: answer_by ?? null },
  ];
}

function details(run: PayinRun): string {
  const { facts, payin, openAlerts } = run;
  const lines = [
    `**${payinSummary(payin)}**`,
    `Status **${payin.status}**${payin.pay_order_id === undefined ? '' : `, order ${payin.pay_order_id}`}`,
    ...mostUrgentFirst(openAlerts).map(
      ({ code, message }) => `**Needs attention: ${code}**: ${message}. ${WHAT_TO_DO[code]}`,
    ),
    ...(openAlerts.length > 0
      ? ['When dealt with: update `acknowledge` with `{"who": "...", "why": "..."}`. More in docs/operations.md.']
      : []),
    ...facts.claims.map(({ order_status }) => `A webhook says ${order_status}; query-order does not show it yet.`),
    ...(facts.watching
      ? []
      : [
          'Watching was stopped: no polls before the end of the watch window. After a webhook or a `pollNow` the run still asks Lesspay. `resumeWatching` starts the polls again. Cancel works once in a run: after that, use `stopWatching`.',
        ]),
    ...lookUp(run),
    ...unpublished(run),
  ];
  return lines.join('\n\n');
}

function lookUp({ facts, payin: { status } }: PayinRun): string[] {
  if (facts.ordered_at !== undefined || facts.taken || status === 'REJECTED') return [];
  if (facts.creation_over) return ['Lesspay has not shown the order: it is looked up, and never created again.'];
  return facts.doubt_since === undefined
    ? []
    : ['A create-order may have taken effect: the order is looked up before any other attempt.'];
}

function unpublished({ facts }: PayinRun): string[] {
  const missing = (destination: Destination) => facts.last_event - facts[destination];
  return [
    ...(facts.withheld.length > 0 && !isTheMerchants(facts)
      ? [
          `The merchant is not notified of ${facts.withheld.length} events until an operator says by \`adopt\` that the order is ours.`,
        ]
      : []),
    ...(missing('recorded') > 0 ? [`The last ${missing('recorded')} events are not in the order record yet.`] : []),
    ...(missing('notified') > 0 ? [`The merchant is not notified of the last ${missing('notified')} events yet.`] : []),
  ];
}

/** A span of time as text: `2m10s`, `3h`, `1d4h`. */
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

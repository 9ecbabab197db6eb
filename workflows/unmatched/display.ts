import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { WebhookClaim } from '../../payin/webhook-claim';
import { moneyInWords } from '../../payin/state';
import { rfc3339 } from '../../payin/rfc3339';
import { SEARCH_ATTRIBUTES } from '../search-attributes';
import { UNMATCHED_ORDER_ALERT, unmatchedSummary } from './messages';
import type { UnmatchedRun } from './run';

/** What an operator sees of an order that no pay-in is known by. */

/** So many of its webhooks are listed, the newest. */
const MOST_LISTED = 10;

/** Writes the run's current details, and whether it needs attention where that has changed. */
export function showUnmatched(run: UnmatchedRun): void {
  setCurrentDetails(details(run));
  needAttention(run, run.needsAttention);
}

/** Takes the run off the list of those that need attention. */
export const hideUnmatched = (run: UnmatchedRun): void => needAttention(run, false);

function needAttention(run: UnmatchedRun, value: boolean): void {
  if (run.shownAttention === value) return;
  run.shownAttention = value;
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.needsAttention, value }]);
}

function details(run: UnmatchedRun): string {
  const { webhooks, left_out, found, alert, look_at, last_look } = run.facts;
  const lines = [
    `**${unmatchedSummary(run.input.pay_order_id)}**`,
    ...(run.needsAttention && alert
      ? [
          `**Needs attention: ${UNMATCHED_ORDER_ALERT}**: ${alert.message}. ${found ? OF_A_PAYIN : OF_NOBODY}`,
          'When dealt with: update `acknowledge` with `{"who": "...", "why": "..."}`: what is listed here is then given up. More in docs/operations.md.',
        ]
      : []),
    ...(found?.whose === 'ours' ? [`It is the order of pay-in ${found.request_id}, which gets what came.`] : []),
    ...(found?.whose === 'another_shop'
      ? [`It is the order ${found.request_id} of another shop: REQUEST_ID_PREFIX does not name it.`]
      : []),
    ...(webhooks.length === 0 ? [] : [listed(webhooks)]),
    ...(left_out === 0 ? [] : [`For ${left_out} more there was no room.`]),
    ...(found || last_look === undefined ? [] : [`The last look: ${last_look}.`]),
    ...(found ? [] : [look_at === undefined ? ONLY_WHEN_TOLD : `Looked for next at ${rfc3339(look_at)}.`]),
    ...(run.cancelAsked ? ['Cancel was requested, and changes nothing. To give it up: `acknowledge`.'] : []),
  ];
  return lines.join('\n\n');
}

const OF_NOBODY =
  'Ask Lesspay whose order it is. When Lesspay shows its request_id, what came is handed to that pay-in and this run ends.';
const OF_A_PAYIN = 'Ask Lesspay what became of the order, and compare that with the pay-in.';
const ONLY_WHEN_TOLD = 'It is looked for again when a webhook comes, or a person sends the signal `wake`.';

function listed(webhooks: readonly WebhookClaim[]): string {
  const shown = webhooks.slice(-MOST_LISTED).map((claim) => `- ${inWords(claim)}`);
  const more = webhooks.length > MOST_LISTED ? [`- and ${webhooks.length - MOST_LISTED} before`] : [];
  return ['Webhooks that name only this order:', ...shown, ...more].join('\n');
}

function inWords({
  received_at,
  order_status,
  amount,
  currency,
  event,
  event_category,
  event_code,
}: WebhookClaim): string {
  const what = [
    order_status,
    amount && moneyInWords({ amount, currency }),
    event,
    event_category && `category ${event_category}`,
    event_code && `code ${event_code}`,
  ].filter(Boolean);
  return `${received_at}: ${what.length === 0 ? 'no status' : what.join(', ').slice(0, 300)}`;
}

import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { WebhookClaim } from '../../payin/webhook-claim';
import { moneyInWords } from '../../payin/word';
import { rfc3339 } from '../../payin/rfc3339';
import { SEARCH_ATTRIBUTES } from '../search-attributes';
import { UNMATCHED_ORDER_ALERT, unmatchedSummary } from './messages';
import type { UnmatchedRun } from './run';

/** What an operator sees of an order of no known pay-in. */

/** How many of its webhooks are listed at most, the newest ones. */
const MOST_LISTED = 10;

/** Writes the run's current details, and the search attribute `NeedsAttention` if it has changed. */
export function showUnmatched(run: UnmatchedRun): void {
  setCurrentDetails(details(run));
  needAttention(run, run.needsAttention);
}

/** Takes the run off the list of the runs that need attention. */
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
          'When dealt with: update `acknowledge` with `{"who": "...", "why": "..."}`: the webhooks listed here are then given up. More in docs/operations.md.',
        ]
      : []),
    ...(found?.whose === 'ours' ? [`It is the order of pay-in ${found.request_id}, which gets the webhooks.`] : []),
    ...(found?.whose === 'another_shop'
      ? [`It is the order ${found.request_id} of another shop: REQUEST_ID_PREFIX does not name it.`]
      : []),
    ...(webhooks.length === 0 ? [] : [listed(webhooks)]),
    ...(left_out === 0 ? [] : [`Webhooks that were dropped, since 100 are kept at most: ${left_out}.`]),
    ...(found || last_look === undefined ? [] : [`Result of the last search: ${last_look}.`]),
    ...(found ? [] : [look_at === undefined ? ONLY_AFTER_A_MESSAGE : `The next search is at ${rfc3339(look_at)}.`]),
    ...(run.cancelAsked ? ['Cancel was requested, and changes nothing. To give it up: `acknowledge`.'] : []),
  ];
  return lines.join('\n\n');
}

const OF_NOBODY =
  'Ask Lesspay whose order it is. When Lesspay shows its request_id, the webhooks are handed to that pay-in and this run ends.';
const OF_A_PAYIN = 'Ask Lesspay what became of the order, and compare that with the pay-in.';
const ONLY_AFTER_A_MESSAGE = 'The next search is made when a webhook comes, or a person sends the signal `wake`.';

function listed(webhooks: readonly WebhookClaim[]): string {
  const shown = webhooks.slice(-MOST_LISTED).map((claim) => `- ${inWords(claim)}`);
  const more = webhooks.length > MOST_LISTED ? [`- and ${webhooks.length - MOST_LISTED} older ones`] : [];
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

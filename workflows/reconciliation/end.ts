import { ApplicationFailure, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { type Difference, isUnflagged } from '../../records/reconciliation-report';
import { type ReconciliationFailureType, type ReconciliationResult, reconciliationSummary } from './messages';
import { SEARCH_ATTRIBUTES } from '../search-attributes';

/** How a reconciliation ends where an operator looks: nothing that needs a person ends in silence. */

/** So many of those that a person must look at are named. */
const MOST_NAMED = 10;

/** Writes the run's current details, and lists it where it found what no pay-in shows. */
export function showEnd(result: ReconciliationResult): void {
  setCurrentDetails(details(result));
  if (unflagged(result) > 0) upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.needsAttention, value: true }]);
}

/** What makes the run a failed one: it was not done, or nobody can read what it found. Cancelled is what somebody wanted. */
export function failureOf(result: ReconciliationResult): ApplicationFailure | undefined {
  const type = failureType(result);
  if (type === undefined) return undefined;
  const message = `${SAYS[type]}: ${result.notes.join('; ')} (report ${result.report_id})`;
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [result] });
}

const SAYS: Readonly<Record<ReconciliationFailureType, string>> = {
  gave_up: 'the reconciliation gave up',
  incomplete: 'the reconciliation could not look at everything',
  report_not_kept: 'what the reconciliation found was not kept',
};

function failureType({ outcome, saved }: ReconciliationResult): ReconciliationFailureType | undefined {
  if (outcome === 'gave_up' || outcome === 'incomplete') return outcome;
  return outcome === 'complete' && !saved ? 'report_not_kept' : undefined;
}

const unflagged = ({ counts }: ReconciliationResult): number =>
  Object.values(counts.unflagged ?? {}).reduce((sum, count) => sum + count, 0);

function details(result: ReconciliationResult): string {
  const { outcome = '', counts, notes, report_id } = result;
  const { orders, differences, by_result } = counts;
  const lines = [
    `**${reconciliationSummary(result.by)}**`,
    `${outcome}: ${orders} orders, ${differences} differences ${JSON.stringify(by_result)}`,
    ...(unflagged(result) > 0 ? [needsAttention(result)] : []),
    ...(failureType(result) === undefined
      ? []
      : [`**Failed**: ${notes.join('; ')}. Put it right, then run the range again: \`npm run reconcile\`.`]),
    `Report ${report_id}. More in docs/operations.md, Reconciliation.`,
  ];
  return lines.join('\n\n');
}

function needsAttention(result: ReconciliationResult): string {
  const listed = result.differences.filter(isUnflagged).slice(0, MOST_NAMED);
  const more = unflagged(result) - listed.length;
  return [
    '**Needs attention**: a person must look at these, no pay-in shows them. Ask Lesspay what is true of each:',
    ...listed.map((difference) => `- ${inWords(difference)}`),
    ...(more > 0 ? [`- and ${more} more, in the records under the report's id`] : []),
  ].join('\n');
}

const inWords = ({ kind, request_id, pay_order_id, ours, theirs }: Difference): string =>
  `\`${kind}\` ${request_id ?? pay_order_id ?? 'no id'}: ours ${ours?.status ?? 'none'}, Lesspay's ${theirs?.status ?? 'none'}`;

import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { payinWorkflowId } from '../workflows/payin/messages';
import { eachPayin } from './each-payin';
import { findPayins } from './find-payins';
import { inWords } from './payin-actions';
import { pausedOf } from './paused';
import { progressOf } from './progress';
import { toBeAnswered } from './to-be-answered';

/** One `describe` call for each pay-in, which needs no worker. */
const AT_ONCE = 50;
const MAX_NAMED = 3;

/** The pay-ins that wait for the same cause. */
interface Waiting {
  readonly cause: string;
  readonly request_ids: string[];
  /** The highest attempt number among them. */
  attempt: number;
}

/**
 * Prints what open pay-ins wait for: activities that fail and are retried (Lesspay, the database), and pauses.
 * Sets exit code 2 when there is one. Before that, prints which pay-ins a person must answer Lesspay about, and until when.
 */
export async function showWaiting(client: Client): Promise<void> {
  const payins = await findPayins(client, {});
  const progress = progressOf(payins.length, 'pay-ins');
  const found = new Map<string, Waiting>();
  const look = async ({ request_id }: { readonly request_id: string }) => {
    const description = await client.workflow.getHandle(payinWorkflowId(request_id)).describe();
    for (const { cause, attempt } of causes(description)) {
      const waiting = found.get(cause) ?? { cause, request_ids: [], attempt };
      waiting.request_ids.push(request_id);
      waiting.attempt = Math.max(waiting.attempt, attempt);
      found.set(cause, waiting);
    }
  };
  const { failed } = await eachPayin(payins, look, {
    atOnce: AT_ONCE,
    signal: new AbortController().signal,
    onEach: () => progress.step(),
    inWords,
  });
  progress.end();
  for (const { request_id, alerts, answer_by } of payins)
    if (answer_by) console.log(`${request_id}  ${alerts.join(', ')}: ${toBeAnswered(answer_by)}`);
  const sorted = [...found.values()].sort((a, b) => b.request_ids.length - a.request_ids.length);
  for (const waiting of sorted) console.log(line(waiting));
  for (const { request_id, why } of failed) console.log(`${request_id}  could not be checked: ${why}`);
  const all = new Set(sorted.flatMap(({ request_ids }) => request_ids)).size;
  console.log(`${all} of ${payins.length} open pay-ins wait: a call fails and is retried, or a person paused it.`);
  if (all > 0 || failed.length > 0) process.exitCode = 2;
}

const line = ({ cause, request_ids, attempt }: Waiting): string => {
  const named = request_ids.slice(0, MAX_NAMED).join(', ');
  const attempts = attempt > 1 ? `, up to attempt ${attempt}` : '';
  return `${request_ids.length}  ${cause}${attempts}; ${request_ids.length > MAX_NAMED ? 'e.g. ' : ''}${named}`;
};

/** Failure types that mean: Lesspay can't be reached, or fails for every caller. */
const LESSPAY_IS_DOWN = /^Lesspay(Unreachable|Timeout|ConnectionLost|Unavailable|Misdirected)$/;

function causes(description: WorkflowExecutionDescription): { readonly cause: string; readonly attempt: number }[] {
  const paused = pausedOf(description);
  const failing = (description.raw.pendingActivities ?? []).flatMap(({ activityType, attempt, lastFailure }) => {
    if (!lastFailure) return [];
    const name = activityType?.name ?? '';
    const type = lastFailure.applicationFailureInfo?.type ?? (lastFailure.timeoutFailureInfo ? 'Timeout' : 'failed');
    const says = LESSPAY_IS_DOWN.test(type) ? 'Lesspay is out of reach: ' : '';
    return [{ cause: `${says}${name}, ${type}`, attempt: attempt ?? 1 }];
  });
  return [...(paused ? [{ cause: 'PAUSED by a person', attempt: 1 }] : []), ...failing];
}

import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { payinWorkflowId } from '../workflows/payin/messages';
import { eachPayin } from './each-payin';
import { findPayins } from './find-payins';
import { inWords } from './payin-actions';
import { pausedOf } from './paused';
import { progressOf } from './progress';

/** Temporal alone is asked, one small question a pay-in. */
const AT_ONCE = 50;
const MOST_NAMED = 3;

/** What several pay-ins wait for, by one and the same cause. */
interface Waiting {
  readonly cause: string;
  readonly request_ids: string[];
  /** The highest of them. */
  attempt: number;
}

/**
 * Says what open pay-ins wait for: calls that fail and are tried again (Lesspay, the database), and what a person paused.
 * Exit code 2 where one does.
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
  const sorted = [...found.values()].sort((a, b) => b.request_ids.length - a.request_ids.length);
  for (const waiting of sorted) console.log(line(waiting));
  for (const { request_id, why } of failed) console.log(`${request_id}  could not be looked at: ${why}`);
  const all = new Set(sorted.flatMap(({ request_ids }) => request_ids)).size;
  console.log(`${all} of ${payins.length} open pay-ins wait for something that fails, or that a person paused.`);
  if (all > 0 || failed.length > 0) process.exitCode = 2;
}

const line = ({ cause, request_ids, attempt }: Waiting): string => {
  const named = request_ids.slice(0, MOST_NAMED).join(', ');
  const attempts = attempt > 1 ? `, up to attempt ${attempt}` : '';
  return `${request_ids.length}  ${cause}${attempts}; ${request_ids.length > MOST_NAMED ? 'e.g. ' : ''}${named}`;
};

/** Failures of these types say that Lesspay can't be reached, or does not answer as it should for anybody. */
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

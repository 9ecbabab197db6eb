import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../temporal.config';
import { eachPayin } from './each-payin';
import { findPayins, type FoundPayin, type WantedPayins } from './find-payins';
import { act, inWords, type Action } from './payin-actions';
import { progressOf } from './progress';
import { toBeAnswered } from './to-be-answered';

/** `failed`: at least one action failed. `interrupted`: by Ctrl-C. */
const EXIT = { done: 0, failed: 2, interrupted: 130 } as const;

/** A worker must first replay each run that is not in its cache, so more at the same time would not be faster. */
const AT_ONCE = 20;
const MAX_SHOWN = 20;

/**
 * Does the action to all pay-ins that match, and prints the failures and the counts. Without `yes` it only lists the
 * pay-ins. After Ctrl-C no other pay-in is started, and the counts are still printed.
 * @returns the exit code
 */
export async function toMany(client: Client, action: Action, wanted: WantedPayins, yes: boolean): Promise<number> {
  const payins = await findPayins(client, wanted);
  if (payins.length === 0) {
    console.log(`No pay-in matches on task queue ${TASK_QUEUE}, namespace ${client.options.namespace}.`);
    return EXIT.done;
  }
  if (!yes) {
    for (const payin of payins.slice(0, MAX_SHOWN)) console.log(line(payin));
    if (payins.length > MAX_SHOWN) console.log(`... and ${payins.length - MAX_SHOWN} more`);
    console.log(`\n${inOneLine(action)}: ${payins.length} pay-ins match. Nothing was done. Add --yes to do it.`);
    return EXIT.done;
  }
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.on('SIGINT', onSignal);
  const progress = progressOf(payins.length, 'pay-ins');
  const { done, failed, left } = await eachPayin(payins, ({ request_id }) => act(client, request_id, action), {
    atOnce: AT_ONCE,
    signal: interrupt.signal,
    onEach: () => progress.step(),
    inWords,
  });
  progress.end();
  process.off('SIGINT', onSignal);
  for (const { request_id, why } of failed) console.log(`${request_id}  FAILED: ${why}`);
  const counts = [`${done} done`, `${failed.length} failed`, ...(left > 0 ? [`${left} not started`] : [])];
  console.log(`${inOneLine(action)}: ${counts.join(', ')}.`);
  if (interrupt.signal.aborted) return EXIT.interrupted;
  return failed.length > 0 ? EXIT.failed : EXIT.done;
}

const line = ({ request_id, run, status = '', alerts, answer_by }: FoundPayin): string => {
  const marks = [...(answer_by ? [toBeAnswered(answer_by)] : []), ...(run === 'RUNNING' ? [] : [`(run: ${run})`])];
  return [request_id.padEnd(20), status.padEnd(12), alerts.join(', '), ...marks].join('  ').trimEnd();
};

const inOneLine = ({ name, note: { who, why, code, status } }: Action): string =>
  [name, ...(code === undefined ? [] : [code]), ...(status === undefined ? [] : [`to ${status}`])].join(' ') +
  ` (${who}: ${why})`;

import { WorkflowNotFoundError } from '@temporalio/client';
import { signalNotification } from '../../client/signal-notification';
import { wakePayin } from '../../client/signal-payin';
import { readPayin } from '../../client/read-payin';
import { SANDBOX_MERCHANT } from '../../settings';
import { notificationStateQuery, notificationWorkflowId } from '../../workflows/notification/messages';
import { mixesMessages } from '../machinery/mixes-messages';
import { fromSetUp } from '../machinery/payin-rig';
import { replayAll } from '../machinery/replay';
import { wrongDoings, wrongEnd, type Ending } from './invariants';
import { wrongNotified } from './notified';
import type { ReceivedWebhooks } from './received-webhooks';
import { isOpen } from './reference';
import { wrongRecord } from './recorded';
import { allRuns, type Run } from './run-histories';
import type { ToldPayin } from './told-payin';

/** A worker that takes a run up anew must go the way that was gone. */
async function wrongReplays({ runs, state }: Ending): Promise<string[]> {
  const telling = runs.filter(({ events }) => !mixesMessages(events));
  const histories = telling.map(({ events }) => ({ history: { events: [...events] }, workflowId: state.workflow_id }));
  const problems = await replayAll(fromSetUp('TEST_WORKFLOW_BUNDLE'), histories);
  return problems.flatMap((problem, index) =>
    problem ? [`the run ${telling[index]?.runId} does not replay: ${String(problem)}`] : [],
  );
}

/** No worker can take it up anew: what it would do next is not known. */
export const isUndecidable = ({ events }: Run): boolean =>
  mixesMessages(events) &&
  events.some((event) => /TMPRL1100/.test(event.workflowTaskFailedEventAttributes?.failure?.message ?? ''));

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Longer than the watch window. */
const PATIENCE = [MINUTE, MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, HOUR, 6 * HOUR, 6 * HOUR, DAY, 4 * DAY, 4 * DAY, DAY];

/**
 * Everything works again, and time passes until the pay-in stands where it should, at most until its watch window is over.
 * @returns what is wrong all the same, in words
 */
export async function settle(payin: ToldPayin, received: ReceivedWebhooks): Promise<string[]> {
  const { rig, request_id } = payin;
  for (const { id, request_id: of } of rig.sandbox.faults.list()) if (of === request_id) rig.sandbox.faults.remove(id);
  rig.sandbox.settings.change({ query_lag_ms: 0 });
  payin.calm();
  for (const seconds of [1, 2 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR]) {
    await payin.pass(seconds);
    const order = orderOf(payin);
    if (!order || (!order.status.startsWith('PENDING') && order.webhooks.length === 0)) break;
  }
  await payin.listenToTheEnd();
  if (await needsAPerson(payin)) await wakePayin(rig.client, request_id, payin.note());
  await sendAgainWhereStuck(payin);
  for (const seconds of PATIENCE) {
    await payin.pass(seconds);
    const ending = await endingOf(payin, received);
    if (!ending) return payin.posts.length > 0 ? ['there is no pay-in'] : payin.surprises;
    if (wrongEnd(ending).length === 0 && wrongNotified(ending).length === 0) break;
  }
  const ending = await endingOf(payin, received);
  if (!ending || ending.runs.some(isUndecidable)) return [];
  const wrong = wrongDoings(ending, rig.sandbox.calls(request_id).orders_created);
  const replayed = await wrongReplays(ending);
  return [
    ...wrongEnd(ending),
    ...wrong,
    ...wrongRecord(ending),
    ...wrongNotified(ending),
    ...replayed,
    ...payin.surprises,
  ];
}

/** Where nothing but a webhook, or a person, would have Lesspay asked. */
async function needsAPerson(payin: ToldPayin): Promise<boolean> {
  const { reference, rig, request_id } = payin;
  const run = await payin.lookAtRuns();
  if (!run) return false;
  if (run.status === 'TERMINATED' || reference.stopped) return true;
  return reference.webhooksLost && !isOpen((await rig.state(request_id)).status);
}

/** An endpoint that was down for longer than is tried is tried again when a person says so. */
async function sendAgainWhereStuck({ rig, request_id }: ToldPayin): Promise<void> {
  const key = { request_id, endpoint: SANDBOX_MERCHANT.name };
  const handle = rig.client.workflow.getHandle(notificationWorkflowId(request_id, key.endpoint));
  try {
    if (!(await handle.query(notificationStateQuery)).needs_attention) return;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return;
    throw error;
  }
  await signalNotification(rig.client, key, 'resend', {});
}

async function endingOf(payin: ToldPayin, received: ReceivedWebhooks): Promise<Ending | undefined> {
  const { rig, request_id, reference, posts } = payin;
  const run = await payin.lookAtRuns();
  const state = await readPayin(rig.client, request_id, { timeoutMs: 60_000 });
  if (!run || !state) return undefined;
  const runs = await allRuns(rig, request_id, payin.runIds);
  return {
    reference,
    runs,
    run: run.status,
    state,
    order: orderOf(payin),
    received: received.of(request_id),
    posts,
    record: await rig.records.find(request_id),
    recorded: await rig.records.events(request_id, { limit: 1_000 }),
    notified: rig.sandbox.merchant.received(request_id),
  };
}

/** The order at Lesspay, where there is one. */
export const orderOf = ({ rig, request_id }: ToldPayin) =>
  rig.sandbox.calls(request_id).orders_created === 0 ? undefined : rig.sandbox.orders.get(request_id);

/** So that nothing of it goes on beside the next story. */
export async function bury({ rig, request_id }: ToldPayin): Promise<void> {
  try {
    await rig.quiet(request_id);
    await rig.handle(request_id).terminate('the story is over');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

import { TASK_QUEUE } from '../../temporal.config';
import { onlyOneOf } from '../../workflows/task-queue';
import {
  RECONCILIATION_WORKFLOW,
  reconciliationId,
  SCHEDULED_RECONCILIATION_WORKFLOW,
} from '../../workflows/reconciliation/messages';
import type { scheduledReconciliation } from '../../workflows/scheduled-reconciliation';
import { startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';

/** A scheduled reconciliation that waits for hours, since another one runs. */

const HOUR_MS = 3_600_000;

let rig: TimeSkippingRig;
beforeAll(async () => {
  rig = await startTimeSkippingRig();
});
afterAll(() => rig.close());

it('asks less and less often whether it is its turn, in runs that stay short, and says at the end that it never was', async () => {
  // It counts as running, and does nothing that this server's time would stand still for.
  await rig.client.workflow.start(RECONCILIATION_WORKFLOW, {
    workflowId: reconciliationId(TASK_QUEUE),
    taskQueue: TASK_QUEUE,
    startDelay: '1 day',
  });
  const range = { last_ms: HOUR_MS, settle_ms: 0 };
  const handle = await rig.client.workflow.start<typeof scheduledReconciliation>(SCHEDULED_RECONCILIATION_WORKFLOW, {
    workflowId: onlyOneOf('waits-long', TASK_QUEUE),
    taskQueue: TASK_QUEUE,
    args: [{ range, by: 'a test', give_up_after_ms: 12 * HOUR_MS }],
  });
  const began = (await handle.describe()).startTime.getTime();
  const ended = async () => (await handle.describe()).status.name === 'COMPLETED';
  await rig.passUntil('10 minutes', 'its end', ended);

  const result = await handle.result();
  expect(result).toMatchObject({ outcome: 'skipped', from: new Date(began - HOUR_MS).toISOString() });
  expect(Date.parse(result.finished_at ?? '') - began).toBeGreaterThan(11 * HOUR_MS);
  const first = await rig.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId).fetchHistory();
  const waits = (first.events ?? []).flatMap(
    ({ timerStartedEventAttributes: timer }) => timer?.startToFireTimeout?.seconds?.toString() ?? [],
  );
  expect(waits.slice(0, 7)).toEqual(['15', '30', '60', '120', '240', '300', '300']);
  expect(first.events?.length).toBeLessThan(1_100);
  expect(result.report_id).not.toBe(handle.firstExecutionRunId);
});

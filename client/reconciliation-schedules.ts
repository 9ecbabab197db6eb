import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
  type ScheduleOptionsStartWorkflowAction,
} from '@temporalio/client';
import { TASK_QUEUE } from '../temporal.config';
import { onlyOneOf } from '../workflows/task-queue';
import {
  type ReconciliationRange,
  reconciliationSummary,
  SCHEDULED_RECONCILIATION_WORKFLOW,
} from '../workflows/reconciliation/messages';
import type { scheduledReconciliation } from '../workflows/scheduled-reconciliation';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The last minutes are left out: pay-ins made in them are still under way, and the next one sees them. */
const SETTLE_MS = 5 * MINUTE;

type Reconciling = ScheduleOptionsStartWorkflowAction<typeof scheduledReconciliation>;
type ReconciliationSchedule = Pick<ScheduleOptions<Reconciling>, 'scheduleId' | 'spec'> & {
  readonly action: Reconciling;
  readonly policies: NonNullable<ScheduleOptions['policies']>;
};

/** What is reconciled by itself: often what is recent, and daily the whole week that Lesspay shows at once. */
const SCHEDULES: readonly ReconciliationSchedule[] = [
  {
    ...starting('reconcile-recent', { last_ms: 6 * HOUR, settle_ms: SETTLE_MS }, 14 * MINUTE),
    // Not all deployments in the same second.
    spec: { intervals: [{ every: '15 minutes' }], jitter: '30 seconds' },
    // Each looks back for hours: after an outage of Temporal the last one missed is enough.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '15 minutes' },
  },
  {
    ...starting('reconcile-week', { last_ms: 7 * 24 * HOUR - SETTLE_MS, settle_ms: SETTLE_MS }, 12 * HOUR),
    // UTC; at no full hour, when others do such things.
    spec: { calendars: [{ hour: 3, minute: 17 }], jitter: '10 minutes' },
    // There is but one a day: missed in an outage, it is made up for.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '12 hours' },
  },
];

/** @param give_up_after_ms less than to the next one, so that none is in the way of it */
function starting(name: string, range: ReconciliationRange, give_up_after_ms: number) {
  const id = onlyOneOf(name, TASK_QUEUE);
  const action: Reconciling = {
    type: 'startWorkflow',
    workflowType: SCHEDULED_RECONCILIATION_WORKFLOW,
    workflowId: id,
    taskQueue: TASK_QUEUE,
    args: [{ range, by: name, give_up_after_ms }],
    staticSummary: reconciliationSummary(name),
  };
  return { scheduleId: id, action };
}

/**
 * Creates the schedules of the reconciliation, or brings them to what they are here. Harmless when repeated; a schedule
 * that somebody paused stays paused.
 * @returns the ids of those that were not there
 */
export async function scheduleReconciliations(client: Pick<Client, 'schedule'>): Promise<string[]> {
  const created: string[] = [];
  for (const schedule of SCHEDULES)
    try {
      await client.schedule.create(schedule);
      created.push(schedule.scheduleId);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      const { scheduleId, ...now } = schedule;
      await client.schedule
        .getHandle(scheduleId)
        .update<typeof scheduledReconciliation>(({ state: { paused, note } }) => ({
          ...now,
          state: { paused, ...(note === undefined ? {} : { note }) },
        }));
    }
  return created;
}

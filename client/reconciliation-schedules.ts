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

/** The last minutes are left out, since their pay-ins still change. The next reconciliation covers them. */
const SETTLE_MS = 5 * MINUTE;

type Reconciling = ScheduleOptionsStartWorkflowAction<typeof scheduledReconciliation>;
type ReconciliationSchedule = Pick<ScheduleOptions<Reconciling>, 'scheduleId' | 'spec'> & {
  readonly action: Reconciling;
  readonly policies: NonNullable<ScheduleOptions['policies']>;
};

/** The scheduled reconciliations: the last hours often, and once a day the 7 days that one query of Lesspay may cover. */
const SCHEDULES: readonly ReconciliationSchedule[] = [
  {
    ...starting('reconcile-recent', { last_ms: 6 * HOUR, settle_ms: SETTLE_MS }, 14 * MINUTE),
    // So that not all deployments start in the same second.
    spec: { intervals: [{ every: '15 minutes' }], jitter: '30 seconds' },
    // Each one covers hours, so after an outage of Temporal only the last missed one is made up for.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '15 minutes' },
  },
  {
    ...starting('reconcile-week', { last_ms: 7 * 24 * HOUR - SETTLE_MS, settle_ms: SETTLE_MS }, 12 * HOUR),
    // UTC. Not at a full hour, when many other programs start.
    spec: { calendars: [{ hour: 3, minute: 17 }], jitter: '10 minutes' },
    // One that an outage of Temporal prevented is made up for, since the next one is a day away.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '12 hours' },
  },
];

/** @param give_up_after_ms less than the interval of the schedule, so that each one ends before the next one is due */
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
 * Creates the schedules of the reconciliation, or updates the existing ones. It may be repeated. A schedule that is paused stays
 * paused.
 * @returns the ids of the schedules that it created
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

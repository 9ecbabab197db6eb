import type { WorkflowExecutionDescription } from '@temporalio/client';

/** A paused run, or a paused activity of a run. */
export interface Paused {
  /** A text: what is paused, since when, by whom, why. */
  readonly what: string;
  /** The command that ends the pause. */
  readonly undo: string;
}

export const pausedInWords = ({ what, undo }: Paused): string => `${what}. To unpause it: ${undo}`;

/**
 * @param ignored types of activities whose pause does not matter, because the run cancels them and starts new ones
 * @returns undefined when neither the run nor another activity of it is paused
 */
export function pausedOf(
  { workflowId, status, raw }: WorkflowExecutionDescription,
  ignored: readonly string[] = [],
): Paused | undefined {
  if (status.name === 'PAUSED') {
    const { pausedTime, identity, reason } = raw.workflowExtendedInfo?.pauseInfo ?? {};
    return {
      what: `the run is paused${sinceByWhy(pausedTime, identity, reason)}`,
      undo: `temporal workflow unpause -w ${workflowId}`,
    };
  }
  const activity = (raw.pendingActivities ?? []).find(
    ({ paused, activityType }) => paused === true && !ignored.includes(activityType?.name ?? ''),
  );
  if (!activity) return undefined;
  const { pauseTime, manual } = activity.pauseInfo ?? {};
  return {
    what: `its activity ${activity.activityType?.name ?? ''} is paused${sinceByWhy(pauseTime, manual?.identity, manual?.reason)}`,
    undo: `temporal activity unpause -w ${workflowId} -a ${activity.activityId ?? ''}`,
  };
}

type Timestamp = NonNullable<WorkflowExecutionDescription['raw']['workflowExecutionInfo']>['startTime'];

function sinceByWhy(at: Timestamp, who?: string | null, why?: string | null): string {
  const since = at?.seconds ? ` since ${new Date(Number(at.seconds) * 1_000).toISOString()}` : '';
  return `${since}${who ? ` by ${who}` : ''}${why ? ` (${why})` : ''}`;
}

import type { WorkflowExecutionDescription } from '@temporalio/client';

/** What stands still because a person paused it: the run itself, or activities of it. */
export interface Paused {
  /** In words: what, since when, by whom, why. */
  readonly what: string;
  /** The command that has it go on. */
  readonly undo: string;
}

export const pausedInWords = ({ what, undo }: Paused): string => `${what}. It goes on after: ${undo}`;

/**
 * @param begunAnew types of activities that the run has called off, or does in a moment, to begin them anew
 * @returns undefined where nothing else of the run is paused
 */
export function pausedOf(
  { workflowId, status, raw }: WorkflowExecutionDescription,
  begunAnew: readonly string[] = [],
): Paused | undefined {
  if (status.name === 'PAUSED') {
    const { pausedTime, identity, reason } = raw.workflowExtendedInfo?.pauseInfo ?? {};
    return {
      what: `the run is paused${story(pausedTime, identity, reason)}`,
      undo: `temporal workflow unpause -w ${workflowId}`,
    };
  }
  const activity = (raw.pendingActivities ?? []).find(
    ({ paused, activityType }) => paused === true && !begunAnew.includes(activityType?.name ?? ''),
  );
  if (!activity) return undefined;
  const { pauseTime, manual } = activity.pauseInfo ?? {};
  return {
    what: `its activity ${activity.activityType?.name ?? ''} is paused${story(pauseTime, manual?.identity, manual?.reason)}`,
    undo: `temporal activity unpause -w ${workflowId} -a ${activity.activityId ?? ''}`,
  };
}

type Timestamp = NonNullable<WorkflowExecutionDescription['raw']['workflowExecutionInfo']>['startTime'];

function story(at: Timestamp, who?: string | null, why?: string | null): string {
  const since = at?.seconds ? ` since ${new Date(Number(at.seconds) * 1_000).toISOString()}` : '';
  return `${since}${who ? ` by ${who}` : ''}${why ? ` (${why})` : ''}`;
}

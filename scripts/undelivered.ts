import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../temporal.config';
import type { notification } from '../workflows/notification';
import {
  NOTIFICATION_WORKFLOW,
  notificationStateQuery,
  type NotificationState,
} from '../workflows/notification/messages';
import { pausedOf, type Paused } from './paused';

/** The undelivered events of one pay-in for one endpoint. */
export interface Undelivered {
  readonly request_id: string;
  readonly endpoint: string;
  readonly needs_attention: boolean;
  /** Present when its run or its delivery is paused: then nothing is sent. */
  readonly paused?: Paused;
  /** Absent when no worker answers, or the run is paused. */
  readonly state?: NotificationState;
  /** The number of the current delivery's attempt, from 1. */
  readonly attempt?: number;
  readonly last_failure?: string;
}

/** How long a worker may take to answer, ms. */
const READ_TIMEOUT_MS = 2_000;
const AT_ONCE = 10;

/** `CloseTime IS NULL`, because the status of a paused run is not `Running`. */
const OPEN = `WorkflowType = '${NOTIFICATION_WORKFLOW}' AND CloseTime IS NULL`;
const ATTENTION = SEARCH_ATTRIBUTES.needsAttention.name;

/**
 * Those that need attention come first; among equals, the newest first.
 * @param limit the largest number to return
 * @returns `more`: whether there are others
 */
export async function findUndelivered(
  client: Client,
  limit: number,
): Promise<{ readonly found: readonly Undelivered[]; readonly more: boolean }> {
  const runs: WorkflowExecutionInfo[] = [];
  for (const query of [`${OPEN} AND ${ATTENTION} = true`, `${OPEN} AND ${ATTENTION} = false`])
    for await (const run of client.workflow.list({ query, pageSize: Math.min(limit + 1, 200) })) {
      runs.push(run);
      if (runs.length > limit) break;
    }
  const found: Undelivered[] = [];
  const shown = runs.slice(0, limit);
  for (let start = 0; start < shown.length; start += AT_ONCE)
    found.push(...(await Promise.all(shown.slice(start, start + AT_ONCE).map((run) => look(client, run)))));
  return { found, more: runs.length > limit };
}

async function look(
  client: Client,
  { workflowId, runId, typedSearchAttributes }: WorkflowExecutionInfo,
): Promise<Undelivered> {
  const handle = client.workflow.getHandle<typeof notification>(workflowId, runId);
  const [description, state] = await Promise.all([handle.describe(), stateOf(client, handle)]);
  const paused = pausedOf(description);
  const delivery = description.raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'deliver');
  // A request_id may contain "-", an endpoint's name may not.
  const [, request_id = workflowId, endpoint = ''] = /^notify-(.+)-([a-z0-9_]+)$/.exec(workflowId) ?? [];
  return {
    request_id,
    endpoint,
    needs_attention: typedSearchAttributes.get(SEARCH_ATTRIBUTES.needsAttention) ?? false,
    ...(paused ? { paused } : {}),
    ...(state ? { state } : {}),
    ...(delivery?.attempt ? { attempt: delivery.attempt } : {}),
    ...(delivery?.lastFailure?.message ? { last_failure: delivery.lastFailure.message } : {}),
  };
}

async function stateOf(
  client: Client,
  handle: { query(definition: typeof notificationStateQuery): Promise<NotificationState> },
): Promise<NotificationState | undefined> {
  try {
    return await client.withDeadline(Date.now() + READ_TIMEOUT_MS, () => handle.query(notificationStateQuery));
  } catch {
    return undefined;
  }
}

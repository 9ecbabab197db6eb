import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../temporal.config';
import { PAYIN_WORKFLOW, payinWorkflowId } from '../workflows/payin/messages';

/** A pay-in as Temporal's visibility lists it, which is a moment behind. */
export interface FoundPayin {
  readonly request_id: string;
  /** `RUNNING`, `PAUSED`, or how its run has ended. */
  readonly run: string;
  readonly status?: string;
  /** The codes of its open alerts. */
  readonly alerts: readonly string[];
}

export interface WantedPayins {
  /** Those with an open alert of this code. */
  readonly alert?: string | undefined;
  /** Those that this query of Temporal's visibility lists. */
  readonly query?: string | undefined;
  /** Also those that no longer run. */
  readonly ended?: boolean | undefined;
}

/**
 * The pay-ins of this task queue that are wanted, the newest first. Asks Temporal alone, no worker.
 * @throws ServiceError where the query makes no sense to Temporal
 */
export async function findPayins(client: Client, wanted: WantedPayins): Promise<FoundPayin[]> {
  const found = new Map<string, FoundPayin>();
  const runs = client.workflow.list({ query: visibilityQuery(wanted), pageSize: 1_000 });
  for await (const { workflowId, status, typedSearchAttributes } of runs) {
    const request_id = workflowId.slice(payinWorkflowId('').length);
    // Of a pay-in that was resumed, the last run comes first.
    if (found.has(request_id)) continue;
    const payinStatus = typedSearchAttributes.get(SEARCH_ATTRIBUTES.payinStatus);
    found.set(request_id, {
      request_id,
      run: status.name,
      ...(payinStatus === undefined ? {} : { status: payinStatus }),
      alerts: typedSearchAttributes.get(SEARCH_ATTRIBUTES.payinAlerts) ?? [],
    });
  }
  return [...found.values()];
}

/** A paused run is open, and yet not `Running`. */
const visibilityQuery = ({ alert, query, ended = false }: WantedPayins): string =>
  [
    `WorkflowType = '${PAYIN_WORKFLOW}' AND TaskQueue = '${TASK_QUEUE}'`,
    ...(ended ? [] : ['CloseTime IS NULL']),
    ...(alert === undefined ? [] : [`${SEARCH_ATTRIBUTES.payinAlerts.name} = '${alert}'`]),
    ...(query === undefined ? [] : [`(${query})`]),
  ].join(' AND ');

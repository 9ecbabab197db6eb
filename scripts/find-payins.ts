import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../temporal.config';
import { PAYIN_WORKFLOW, payinWorkflowId } from '../workflows/payin/messages';

/** A pay-in as Temporal's visibility lists it. Visibility is updated shortly after the run. */
export interface FoundPayin {
  readonly request_id: string;
  /** The status of its last run: `RUNNING`, `PAUSED`, or how the run ended (`COMPLETED`, ...). */
  readonly run: string;
  readonly status?: string;
  /** The codes of its open alerts. */
  readonly alerts: readonly string[];
  /** Until when the most urgent of them must be answered. */
  readonly answer_by?: Date;
}

export interface WantedPayins {
  /** Only pay-ins with an open alert of this code. */
  readonly alert?: string | undefined;
  /** Only pay-ins that match this visibility query of Temporal. */
  readonly query?: string | undefined;
  /** Also pay-ins whose last run has ended. */
  readonly ended?: boolean | undefined;
}

/**
 * The pay-ins of this task queue that match: those to be answered soonest first, then the newest. Asks only Temporal, no worker.
 * @throws ServiceError when Temporal does not understand the query
 */
export async function findPayins(client: Client, wanted: WantedPayins): Promise<FoundPayin[]> {
  const found = new Map<string, FoundPayin>();
  const runs = client.workflow.list({ query: visibilityQuery(wanted), pageSize: 1_000 });
  for await (const { workflowId, status, typedSearchAttributes } of runs) {
    const request_id = workflowId.slice(payinWorkflowId('').length);
    // A resumed pay-in has several runs; the newest is listed first.
    if (found.has(request_id)) continue;
    const payinStatus = typedSearchAttributes.get(SEARCH_ATTRIBUTES.payinStatus);
    const answer_by = typedSearchAttributes.get(SEARCH_ATTRIBUTES.payinAnswerBy);
    found.set(request_id, {
      request_id,
      run: status.name,
      ...(payinStatus === undefined ? {} : { status: payinStatus }),
      alerts: typedSearchAttributes.get(SEARCH_ATTRIBUTES.payinAlerts) ?? [],
      ...(answer_by === undefined ? {} : { answer_by }),
    });
  }
  const deadline = ({ answer_by }: FoundPayin) => answer_by?.getTime() ?? Infinity;
  return [...found.values()].sort((one, other) => deadline(one) - deadline(other) || 0);
}

/** `CloseTime IS NULL`, because the status of a paused run is not `Running`. */
const visibilityQuery = ({ alert, query, ended = false }: WantedPayins): string =>
  [
    `WorkflowType = '${PAYIN_WORKFLOW}' AND TaskQueue = '${TASK_QUEUE}'`,
    ...(ended ? [] : ['CloseTime IS NULL']),
    ...(alert === undefined ? [] : [`${SEARCH_ATTRIBUTES.payinAlerts.name} = '${alert}'`]),
    ...(query === undefined ? [] : [`(${query})`]),
  ].join(' AND ');

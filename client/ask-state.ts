import { setTimeout as pause } from 'node:timers/promises';
import { QueryNotRegisteredError, type Client } from '@temporalio/client';
import { payinWorkflowId, stateQuery } from '../workflows/payin/messages';
import type { PayinState } from '../payin/view';
import { GRPC, grpcCode } from './grpc-code';

/**
 * While a workflow task is open, Temporal lets one query of a run wait, from any process, and refuses all others. A refused query
 * is sent again after this time.
 */
const REFUSED_PAUSE_MS = 150;

/** The query of a pay-in that is in progress, and the one that follows it. */
interface Queries {
  readonly current: Promise<PayinState>;
  next?: Promise<PayinState>;
}

const queriesByClient = new WeakMap<Client, Map<string, Queries>>();

/**
 * Queries the state of a pay-in's running workflow. This process sends one query at a time for each pay-in. Calls that come
 * while a query is in progress share the next one, so no caller gets a state from before its call.
 * @param timeoutMs how long the first call that shares a query waits for its answer, ms
 * @throws when the workflow does not answer in time, or Temporal can't be reached
 */
export function askState(client: Client, request_id: string, timeoutMs: number): Promise<PayinState> {
  const deadline = Date.now() + timeoutMs;
  const byPayin = queriesByClient.get(client) ?? new Map<string, Queries>();
  queriesByClient.set(client, byPayin);
  const begin = () => {
    const queries: Queries = { current: ask(client, request_id, deadline) };
    byPayin.set(request_id, queries);
    const end = () => {
      if (!queries.next) byPayin.delete(request_id);
    };
    void queries.current.then(end, end);
    return queries.current;
  };
  const queries = byPayin.get(request_id);
  if (!queries) return begin();
  queries.next ??= queries.current.then(begin, begin);
  return queries.next;
}

async function ask(client: Client, request_id: string, deadline: number): Promise<PayinState> {
  const handle = client.workflow.getHandle(payinWorkflowId(request_id));
  for (;;)
    try {
      return await client.withDeadline(deadline, () => handle.query(stateQuery));
    } catch (error) {
      if (!mayAnswerSoon(error) || Date.now() + REFUSED_PAUSE_MS >= deadline) throw error;
      await pause(REFUSED_PAUSE_MS);
    }
}

/** Another query is waiting; or a resumed run has not loaded its facts yet, and has no query handler. */
const mayAnswerSoon = (error: unknown): boolean =>
  grpcCode(error) === GRPC.RESOURCE_EXHAUSTED || error instanceof QueryNotRegisteredError;

import { setTimeout as pause } from 'node:timers/promises';
import { QueryNotRegisteredError, type Client } from '@temporalio/client';
import { payinWorkflowId, stateQuery } from '../workflows/payin/messages';
import type { PayinState } from '../payin/view';
import { GRPC, grpcCode } from './grpc-code';

/** While a workflow task is open, Temporal lets one question wait, of whichever process, and refuses all others. */
const REFUSED_PAUSE_MS = 150;

/** The question that is under way for a pay-in, and the one after it. */
interface Line {
  readonly underWay: Promise<PayinState>;
  next?: Promise<PayinState>;
}

const lines = new WeakMap<Client, Map<string, Line>>();

/**
 * Asks the running workflow of a pay-in what it knows. One question at a time in this process: who comes while one is
 * under way shares the next with all who came since, so nobody is told what was true before he asked.
 * @param timeoutMs how long to wait for the answer, from when the first of those who share it came
 * @throws when it does not answer in time, or Temporal can't be reached
 */
export function askState(client: Client, request_id: string, timeoutMs: number): Promise<PayinState> {
  const deadline = Date.now() + timeoutMs;
  const ofClient = lines.get(client) ?? new Map<string, Line>();
  lines.set(client, ofClient);
  const begin = () => {
    const line: Line = { underWay: ask(client, request_id, deadline) };
    ofClient.set(request_id, line);
    const end = () => {
      if (!line.next) ofClient.delete(request_id);
    };
    void line.underWay.then(end, end);
    return line.underWay;
  };
  const line = ofClient.get(request_id);
  if (!line) return begin();
  line.next ??= line.underWay.then(begin, begin);
  return line.next;
}

async function ask(client: Client, request_id: string, deadline: number): Promise<PayinState> {
  const handle = client.workflow.getHandle(payinWorkflowId(request_id));
  for (;;)
    try {
      return await client.withDeadline(deadline, () => handle.query(stateQuery));
    } catch (error) {
      if (!isForAMoment(error) || Date.now() + REFUSED_PAUSE_MS >= deadline) throw error;
      await pause(REFUSED_PAUSE_MS);
    }
}

/** Another question waits already; or a resumed run is still loading what is known, and says so. */
const isForAMoment = (error: unknown): boolean =>
  grpcCode(error) === GRPC.RESOURCE_EXHAUSTED || error instanceof QueryNotRegisteredError;

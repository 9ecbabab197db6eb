import {
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { handOverSignal, payinWorkflowId } from '../workflows/payin/messages';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../temporal.config';
import type { notification } from '../workflows/notification';
import type {
  HandOver,
  KnownNotifications,
  NotificationInput,
  NotificationResult,
  ResendRequest,
} from '../workflows/notification/messages';

interface Messages {
  readonly notify: HandOver;
  readonly resend: ResendRequest;
}

/** Names one notification workflow: there is one for each pay-in and endpoint. */
export type NotificationKey = Pick<NotificationInput, 'request_id' | 'endpoint'>;

export interface SignalOptions {
  /** After it is aborted, nothing is signalled or started. */
  readonly signal?: AbortSignal;
}

/**
 * Signals the workflow that notifies an endpoint of a pay-in. Where it has no open run, a new run starts with what the last run
 * knew: it sends no event twice, and loses none that was undelivered when the last run was terminated.
 * @throws when Temporal can't be reached, or the last run can't be read now; when aborted, the reason of `signal`
 */
export async function signalNotification<Name extends keyof Messages>(
  client: Client,
  key: NotificationKey,
  name: Name,
  message: Messages[Name],
  { signal }: SignalOptions = {},
): Promise<void> {
  const signalWithStart = (input: NotificationInput, workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE') =>
    client.workflow.signalWithStart<typeof notification, [Messages[Name]]>('notification', {
      workflowId: workflowIdOf(key),
      taskQueue: TASK_QUEUE,
      args: [input],
      signal: name,
      signalArgs: [message],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy,
      staticSummary: `notify ${key.endpoint} of pay-in ${key.request_id}`,
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.payinRequestId, value: key.request_id },
        { key: SEARCH_ATTRIBUTES.needsAttention, value: false },
      ],
    });
  signal?.throwIfAborted();
  if (name === 'resend') await askPayinToHandOver(client, key);
  try {
    await signalWithStart(key, 'REJECT_DUPLICATE');
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const known = await lastKnown(client, workflowIdOf(key));
    // The caller that aborted may have signalled in another way since, and a newer run may have started and ended.
    signal?.throwIfAborted();
    await signalWithStart({ ...key, ...known }, 'ALLOW_DUPLICATE');
  }
}

/** So that no new event comes before those that are sent again. */
async function askPayinToHandOver(client: Client, { request_id, endpoint }: NotificationKey): Promise<void> {
  try {
    await client.workflow.getHandle(payinWorkflowId(request_id)).signal(handOverSignal, endpoint);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

const workflowIdOf = ({ request_id, endpoint }: NotificationKey): string => `notify-${request_id}-${endpoint}`;

type LastKnown = Pick<NotificationInput, 'known' | 'told'>;

const QUERY_TIMEOUT_MS = 2_000;

/** Reads again if the newest run changed meanwhile: a run that starts with an old state would send events twice. */
async function lastKnown(client: Client, workflowId: string): Promise<LastKnown> {
  const lastRun = () => client.workflow.getHandle(workflowId).describe();
  let last = await lastRun();
  for (;;) {
    const known = await knownBy(client, last);
    const now = await lastRun();
    if (now.runId === last.runId && now.status.code === last.status.code) return known;
    last = now;
  }
}

/** Reads the result of a completed run. A terminated run has no result, so it is queried, which needs a worker. */
async function knownBy(
  client: Client,
  { workflowId, runId, status }: WorkflowExecutionDescription,
): Promise<LastKnown> {
  const handle = client.workflow.getHandle<typeof notification>(workflowId, runId, { followRuns: false });
  if (status.name === 'COMPLETED') {
    const result: NotificationResult = await handle.result();
    return { known: result.known };
  }
  try {
    const ask = () => handle.query<KnownNotifications>('known');
    return { known: await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, ask) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return {};
    if (mayAnswerLater(error)) throw error;
    return handedOverTo(client, workflowId, runId);
  }
}

/** gRPC's CANCELLED, DEADLINE_EXCEEDED and UNAVAILABLE. Any other error: no worker ever ran it, or none can replay it. */
const mayAnswerLater = (error: unknown): boolean =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && [1, 4, 14].includes(error.cause.code.valueOf());

/** For a run that can't be queried: its input and its signals, from its history. The new run checks the signals itself. */
async function handedOverTo(client: Client, workflowId: string, runId: string): Promise<LastKnown> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const told: unknown[] = [];
  let before: LastKnown = {};
  for (const {
    workflowExecutionStartedEventAttributes: start,
    workflowExecutionSignaledEventAttributes: signal,
  } of events ?? []) {
    const payloads = start?.input?.payloads ?? signal?.input?.payloads;
    if (!payloads || (signal && signal.signalName !== 'notify')) continue;
    const [value] = await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads);
    if (signal) told.push(value);
    else if (isInput(value)) before = value;
  }
  return {
    ...(before.known ? { known: before.known } : {}),
    told: [...(before.told ?? []), ...told],
  };
}

const isInput = (value: unknown): value is NotificationInput =>
  typeof value === 'object' && value !== null && 'endpoint' in value;

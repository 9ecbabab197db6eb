import { activityInfo } from '@temporalio/activity';
import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { tsToMs } from '@temporalio/common/lib/time';
import type { Records } from '../records/payin-records';
import type { PayinRecord } from '../records/payin-record';
import { withTimeout } from '../records/with-timeout';
import { runWasReset } from './run-was-reset';
import type { PayinFacts } from '../payin/facts';
import type { PayinInput, PayinResult, ResumeInput } from '../workflows/payin/messages';
import type { KnownPayin, PayinActivities } from '../workflows/payin/activities';

export interface PayinActivitiesDeps {
  readonly client: Client;
  readonly records: Pick<Records, 'find'>;
}

export function createPayinActivities({ client, records }: PayinActivitiesDeps): PayinActivities {
  return {
    async loadPayin(resume) {
      const finding = records.find(resume.request_id);
      const [record, last] = await Promise.allSettled([
        withTimeout(RECORD_TIMEOUT_MS, finding),
        knownToTemporal(client, resume),
      ]);
      if (last.status === 'rejected') throw last.reason;
      if (record.status === 'fulfilled') return newer(record.value, last.value);
      // The records are down: only where nobody else knows it, they must be waited for.
      if (!last.value?.facts && !last.value?.input) return newer(await finding, last.value);
      return last.value;
    },

    wasReset: () => runWasReset(client),
  };
}

/** A database that takes calls and does not answer is down, too. */
const RECORD_TIMEOUT_MS = 1_000;

/** The run may have ended before it could write its record, and the record may know what Temporal has forgotten. */
function newer(record: PayinRecord | undefined, last: KnownPayin | null): KnownPayin | null {
  if (!record) return last;
  const { facts, last_event } = record;
  if (last?.facts && last.facts.last_event >= last_event) return last;
  return { ...last, facts: { ...facts, recorded: last_event } };
}

/**
 * By the pay-in's last run, or the one before where that one had not loaded anything: what was acknowledged to it is in
 * its history alone.
 */
async function knownToTemporal(
  client: Client,
  { request_id, previous_run_id: runId }: ResumeInput['resume'],
): Promise<KnownPayin | null> {
  if (runId === undefined) return null;
  try {
    const run = { workflowId: `payin-${request_id}`, runId };
    const known = await knownAtItsEnd(client, run);
    if (typeof known === 'object') return { facts: known };
    const { input, started_at, webhooks } = await toldTo(client, run);
    // It ended before it had loaded anything, or can't be read: what else is known is with the run before it.
    const before = await startedWith(client, input, started_at);
    return {
      ...before,
      ...(known === 'unread' ? { unread_run_id: runId } : {}),
      missed: [...(before?.missed ?? []), ...webhooks],
    };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return null;
  }
}

async function startedWith(client: Client, input: PayinInput, started_at: number): Promise<KnownPayin | null> {
  if (input.carried) return { facts: input.carried };
  return 'resume' in input ? knownToTemporal(client, input.resume) : { input, started_at };
}

interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

const QUERY_TIMEOUT_MS = 2_000;
/** So often the ended run is asked again before it is taken for one that can't answer. */
const PATIENCE = 5;

/** By its result; a run that was terminated has none and is asked, which a worker answers. */
async function knownAtItsEnd(client: Client, { workflowId, runId }: Run): Promise<PayinFacts | 'nothing' | 'unread'> {
  const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
  const { status } = await handle.describe();
  const result: unknown = status.name === 'COMPLETED' ? await handle.result() : undefined;
  if (isResult(result)) return result.facts;
  try {
    const ask = () => handle.query<PayinFacts | null>('facts');
    return (await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, ask)) ?? 'nothing';
  } catch (error) {
    const { isLocal, attempt } = activityInfo();
    const refused = refusalOf(error);
    if (refused !== undefined && !FAILED_ITS_TASKS.test(refused)) return 'nothing';
    const lastTry = !isLocal && attempt >= PATIENCE;
    if (refused !== undefined || error instanceof QueryNotRegisteredError || lastTry) return 'unread';
    throw error;
  }
}

/** gRPC's FAILED_PRECONDITION, in Temporal's words: no worker is asked. None ever took the run up, or its tasks failed. */
const refusalOf = (error: unknown): string | undefined =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && error.cause.code.valueOf() === 9
    ? error.cause.message
    : undefined;

const FAILED_ITS_TASKS = /task in failed state/i;

const isResult = (result: unknown): result is PayinResult =>
  typeof result === 'object' && result !== null && 'facts' in result;

interface Told {
  readonly input: PayinInput;
  readonly started_at: number;
  readonly webhooks: readonly unknown[];
}

/** What its history says that a run was started with, and which webhooks came to it. */
async function toldTo(client: Client, { workflowId, runId }: Run): Promise<Told> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const converter = client.options.loadedDataConverter;
  const [first] = events ?? [];
  const [input] = await decodeArrayFromPayloads(
    converter,
    first?.workflowExecutionStartedEventAttributes?.input?.payloads,
  );
  if (!isInput(input)) throw new Error(`the run ${runId} of ${workflowId} is not a pay-in's`);
  const webhooks: unknown[] = [];
  for (const { workflowExecutionSignaledEventAttributes: signal } of events ?? []) {
    if (signal?.signalName !== 'webhook') continue;
    const [claim] = await decodeArrayFromPayloads(converter, signal.input?.payloads);
    webhooks.push(claim);
  }
  return { input, started_at: first?.eventTime ? tsToMs(first.eventTime) : 0, webhooks };
}

const isInput = (input: unknown): input is PayinInput =>
  typeof input === 'object' && input !== null && ('request' in input || 'resume' in input);

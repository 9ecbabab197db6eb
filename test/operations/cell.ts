import { WorkflowNotFoundError } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { signalNotification } from '../../client/signal-notification';
import { SANDBOX_MERCHANT } from '../../settings';
import { notificationWorkflowId } from '../../workflows/notification/messages';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { newRequestId, requestOf } from '../machinery/payin-rig';
import { wasPausedTooEarly } from '../machinery/replay';
import { type Ground, until } from './ground';
import { type Life, SEEDED, subjectOf } from './lives';
import { type Operation, TERMINATE } from './operations';
import { type History, type HistoryEvent, type RunId, type Step, untilHistoryHas } from './steps';

/** One operation at one step of one life. */
export interface Cell {
  readonly life: Life;
  readonly operation: Operation;
  readonly step: Step;
}

/** A cell under way. */
export interface Disturbed extends Cell {
  readonly id: string;
  readonly subject: RunId;
  /** Whether Temporal let the operation be done; false too where the run never came to the step. */
  readonly acted: boolean;
  /** What went wrong so far. */
  readonly problems: readonly string[];
}

/** After all has happened, for so long the step may still come, ms. */
const LATE_MS = 3_000;
/** How long a call that was under way may go on without its run, ms. */
const AFTERMATH_MS = 2_500;
/** How long the last of it may take, ms. */
const END_MS = 45_000;

/** The life as nobody disturbs it. @returns the run's history, when all has happened */
export async function undisturbed(ground: Ground, life: Life): Promise<HistoryEvent[]> {
  const id = newRequestId();
  await life.begin(ground, id);
  const { workflowId, runId } = await runNow(ground, subjectOf(life, id));
  await life.go(ground, id, new AbortController().signal);
  const closed = async () =>
    (await ground.rig.client.workflow.getHandle(workflowId, runId).describe()).status.name !== 'RUNNING';
  if (!life.recordsDown) await until(closed);
  const { events } = await ground.rig.client.workflow.getHandle(workflowId, runId).fetchHistory();
  return events ?? [];
}

/** Lives it, and operates as soon as the run has come to the step. */
export async function disturb(ground: Ground, cell: Cell): Promise<Disturbed> {
  const { step } = cell;
  let { life, operation } = cell;
  const id = newRequestId();
  await life.begin(ground, id);
  const subject = await runNow(ground, subjectOf(life, id));
  const { gone } = ground.worker;
  const over = new AbortController();
  const tooLate = new AbortController();
  const living = live(ground, life, id, AbortSignal.any([over.signal, gone]), tooLate);
  const problems: string[] = [];
  let acted = false;
  const history = await untilHistoryHas(
    ground.rig.client,
    subject,
    step.events,
    AbortSignal.any([tooLate.signal, gone]),
  );
  if (history.length >= step.events)
    try {
      acted = await operation.act(ground.rig.client, subject, history);
      const now = ground.rig.client.workflow.getHandle(subject.workflowId, subject.runId);
      if (wasPausedTooEarly(await now.fetchHistory())) {
        operation = TERMINATE;
        life = { ...life, alerts: [...(life.alerts ?? []), 'history_unreadable'] };
        acted = await operation.act(ground.rig.client, subject, history);
      }
    } catch (error) {
      problems.push(`the operation failed: ${String(error)}`);
    }
  if (acted && operation.stops === 'run' && life.of === 'pay-in') {
    await pause(AFTERMATH_MS);
    if (!ground.hasOrder(id)) over.abort();
  }
  tooLate.abort();
  await living;
  return { ...cell, life, operation, id, subject, acted, problems };
}

/** Lets all happen, and a while later ends the wait for the step. */
async function live(ground: Ground, life: Life, id: string, enough: AbortSignal, tooLate: AbortController) {
  await life.go(ground, id, enough);
  const late = life.of === 'reconciliation' ? 60_000 : LATE_MS;
  await until(() => tooLate.signal.aborted, { ms: late });
  tooLate.abort();
}

/**
 * Brings what was stopped to go on, waits for the end, and looks at all that is left.
 * @returns what is wrong, in words
 */
export async function conclude(ground: Ground, cell: Disturbed): Promise<string[]> {
  if (cell.life.of === 'reconciliation') return [...cell.problems, ...(await reconciled(ground, cell))];
  const { id, life, operation, acted } = cell;
  if (acted && operation.stops === 'run' && life.of === 'pay-in') await goOn(ground, cell);
  if (!ground.hasOrder(id)) return [...cell.problems, ...(await neverOrdered(ground, cell))];
  ground.pay(id);
  if (acted && operation.stops === 'polls' && life.quiet) await sendWebhook(ground, id);
  if (acted && operation.stops === 'run' && life.of === 'notification') await notifyAgain(ground, id);
  const ended = async () => {
    await ground.acknowledge(id, life.alerts ?? []);
    return (await stillOpen(ground, id)).length === 0;
  };
  const inTime = await until(ended, { ms: END_MS, enough: ground.worker.gone });
  return [...cell.problems, ...(inTime ? [] : await stillOpen(ground, id)), ...(await wrongs(ground, cell))];
}

async function runNow({ rig: { client } }: Ground, workflowId: string): Promise<RunId> {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  return { workflowId, runId };
}

/** After a Terminate, each of what brings a pay-in back, in turn. */
async function goOn(ground: Ground, { id, step }: Disturbed): Promise<void> {
  const ways = [
    () => ground.wake(id),
    () => (ground.hasOrder(id) ? sendWebhook(ground, id) : ground.wake(id)),
    () => ground.rig.post(requestOf(id)),
  ];
  await ways[step.events % ways.length]?.();
}

async function sendWebhook(ground: Ground, id: string): Promise<void> {
  await ground.rig.sandbox.webhooks.send({ request_id: id });
}

async function notifyAgain(ground: Ground, id: string): Promise<void> {
  const told = () => tellings(ground, id).some(({ status }) => status === 'SUCCEED');
  if (await until(told, { ms: 4_000 })) return;
  await signalNotification(ground.rig.client, { request_id: id, endpoint: SANDBOX_MERCHANT.name }, 'resend', {});
}

const tellings = ({ rig: { sandbox } }: Ground, id: string) =>
  sandbox.merchant.received(id).filter(({ http_status }) => http_status === 204);

/** Which of its runs are still under way, and with what. */
async function stillOpen({ rig: { client, records } }: Ground, id: string): Promise<string[]> {
  const open: string[] = [];
  for (const workflowId of workflowsOf(id)) {
    const described = await client.workflow
      .getHandle(workflowId)
      .describe()
      .catch((error: unknown) => {
        // The pay-in has notified the merchant itself.
        if (error instanceof WorkflowNotFoundError && workflowId.startsWith('notify-')) return undefined;
        throw error;
      });
    if (!described) continue;
    const { status, raw } = described;
    if (status.name === 'COMPLETED') continue;
    const pending = (raw.pendingActivities ?? []).map(
      ({ activityType, attempt, lastFailure }) =>
        `${activityType?.name} attempt ${attempt} ${lastFailure?.message ?? ''}`,
    );
    const task = raw.pendingWorkflowTask ? [`a workflow task in attempt ${raw.pendingWorkflowTask.attempt}`] : [];
    open.push(`${workflowId} is ${status.name}: ${[...pending, ...task].join(', ')}`);
  }
  const record = await records.find(id);
  if (record?.status !== 'SUCCEED') open.push(`the record says ${record?.status}`);
  return open;
}

const workflowsOf = (id: string): string[] => [payinWorkflowId(id), notificationWorkflowId(id, SANDBOX_MERCHANT.name)];

/** Whatever must not be, of a pay-in that was paid. */
async function wrongs(ground: Ground, { id, life, operation, acted }: Disturbed): Promise<string[]> {
  const { records, sandbox } = ground.rig;
  const calls = sandbox.calls(id);
  const again = acted && operation.repeats && life.of === 'pay-in' ? 1 : 0;
  const record = await records.find(id);
  const events = await records.events(id, { after: 0, limit: 200 });
  const transitions = events.filter(({ kind }) => kind === 'transition');
  const moves = transitions.map(({ data }) => `${String(data['from'])} to ${String(data['to'])}`);
  const told = tellings(ground, id);
  const numbers = told.map(({ number }) => number);
  const untold = events.filter(
    ({ kind, number }) => ['transition', 'dispute'].includes(kind) && !numbers.includes(number),
  );
  const strange = (record?.alerts ?? []).filter(({ code }) => !life.alerts?.includes(code));
  const unrecorded = numbers.filter((number) => !events.some((event) => event.number === number));
  const checks: [boolean, string][] = [
    [calls.orders_created !== 1, `${calls.orders_created} orders were made`],
    [calls.create_calls > (life.creates ?? 1) + again, `${calls.create_calls} create-orders were sent`],
    [strange.length > 0, `alerts: ${strange.map(({ code, message }) => `${code} (${message})`).join(', ')}`],
    [doubles(moves).length > 0, `recorded twice: ${doubles(moves).join(', ')}`],
    [untold.length > 0, `not notified: ${untold.map(({ number, kind }) => `${number} ${kind}`).join(', ')}`],
    [unrecorded.length > 0, `notified, and not recorded: ${unrecorded.join(', ')}`],
  ];
  return checks.filter(([broken]) => broken).map(([, problem]) => problem);
}

const doubles = (words: readonly string[]): string[] => words.filter((word, index) => words.indexOf(word) !== index);

/** Only a Terminate may keep an order from being made; then the pay-in is looked up, and its caller is told. */
async function neverOrdered(ground: Ground, { id, operation, acted }: Disturbed): Promise<string[]> {
  if (!acted || operation.stops !== 'run') return ['no order was made'];
  const lookedUp = () => ground.rig.sandbox.calls(id).query_calls > 0;
  const looked = await until(lookedUp);
  let told = await ground.rig.post(requestOf(id));
  // 202: ask again.
  await until(async () => {
    if (told.status === 202) told = await ground.rig.post(requestOf(id));
    return told.status !== 202;
  });
  const { status, body } = told;
  return [
    ...(looked ? [] : ['it is not looked up']),
    ...(body['code'] === 'checkout_url_lost' ? [] : [`its POST is answered ${status} ${String(body['code'])}`]),
    ...(ground.hasOrder(id) ? ['its order was made after all'] : []),
  ];
}

async function reconciled(ground: Ground, { subject, operation, acted }: Disturbed): Promise<string[]> {
  const { client } = ground.rig;
  const handle = client.workflow.getHandle(subject.workflowId);
  const ended = async () => (await handle.describe()).status.name !== 'RUNNING';
  if (!(await until(ended, { ms: 90_000 }))) return ['it does not end'];
  const { status } = await handle.describe();
  if (acted && operation.stops === 'run') return status.name === 'TERMINATED' ? [] : [`it is ${status.name}`];
  const result: unknown = await handle.result().catch((error: unknown) => error);
  const said = JSON.stringify(result, (_member, value: unknown) =>
    value instanceof Error ? { message: value.message, cause: value.cause } : value,
  );
  const whole = isReport(result) && result.outcome === 'complete' && result.counts.orders === SEEDED;
  const mayBeCancelled = acted && operation.stops === 'polls' && said.includes('cancelled');
  return whole || mayBeCancelled ? [] : [`it ended ${status.name}: ${said.slice(0, 400)}`];
}

interface Report {
  readonly outcome: string;
  readonly counts: { readonly orders: number };
}

const isReport = (value: unknown): value is Report =>
  typeof value === 'object' && value !== null && 'outcome' in value && 'counts' in value;

/** Every run there was of what a cell began. */
export async function historiesOf(
  { rig: { client } }: Ground,
  { id, life, subject }: Pick<Disturbed, 'id' | 'life' | 'subject'>,
): Promise<{ readonly name: string; readonly history: History }[]> {
  const ids = life.of === 'reconciliation' ? [subject.workflowId] : workflowsOf(id);
  const histories: { name: string; history: History }[] = [];
  for (const workflowId of ids) {
    const runs = new Set(workflowId === subject.workflowId ? [subject.runId] : []);
    for await (const { runId } of client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) runs.add(runId);
    for (const runId of runs) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      histories.push({ name: `${workflowId}.${runId}`, history });
    }
  }
  return histories;
}

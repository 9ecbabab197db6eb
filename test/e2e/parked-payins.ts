import { checkoutUpdate, PAYIN_WORKFLOW, checkoutWithStart, payinWorkflowId } from '../../client';
import { TASK_QUEUE } from '../../temporal.config';
import { type ResumeInput, webhookSignal } from '../../workflows/payin/messages';
import type { PayinState } from '../../payin/view';
import type { WebhookClaim } from '../../payin/webhook-claim';
import { DEFAULT_POLL_SCHEDULE, type PollSchedule } from '../../payin/poll-schedule';
import { fillHistory } from '../machinery/fill-history';
import { orderOfNobody } from '../machinery/behind-our-back';
import { newRequestId, type PayinRig, requestOf } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import type { ParkedAt } from './parked-at';

/** Every wait at which a pay-in may be when its workers are exchanged, and how to bring one there. */

export interface Parking {
  readonly at: ParkedAt;
  /** The request_id of a pay-in that is there, or will be at once. */
  readonly park: (rig: PayinRig) => Promise<string>;
}

const MIA = { who: 'mia', why: 'asked Lesspay' };
const ALWAYS = { times: null };
/** The ordinary one, but quick at first. */
const SOON: PollSchedule = { ...DEFAULT_POLL_SCHEDULE, first_ms: 200 };
/** A watch window of a second. */
const SHORT: PollSchedule = { ...SOON, after_expiry_ms: 200, late_first_ms: 200, late_for_ms: 1_000, watch_ms: 1_000 };

/** The pay-ins whose records can't be written: for the rig that parks them. */
const NOT_RECORDED = new Set<string>();
export const aroundRecord = (request_id: string): void => {
  if (NOT_RECORDED.has(request_id)) throw new Error('the database is down');
};

export const PARKED: Readonly<Record<string, Parking>> = {
  /** Lesspay makes no order: twice surely not, then in doubt, each time looked up in vain; it pauses. */
  creating: {
    at: 'timer',
    async park(rig) {
      const request_id = newRequestId();
      rig.sandbox.faults.add({ on: 'create', request_id, http_status: 429, times: 2 });
      rig.sandbox.faults.add({ on: 'create', request_id, http_status: 500, ...ALWAYS });
      void rig.post(requestOf(request_id));
      await waitFor(() => rig.sandbox.calls(request_id).create_calls >= 4, { what: 'the fourth attempt' });
      return request_id;
    },
  },
  /** Nothing is made with wrong credentials: flagged, and tried again slowly. */
  'credentials-refused': {
    at: 'timer',
    async park(rig) {
      const request_id = newRequestId();
      rig.sandbox.faults.add({ on: 'create', request_id, code: 5004, msg: 'no permission' });
      void rig.post(requestOf(request_id));
      await waitFor(() => rig.sandbox.calls(request_id).create_calls > 0, { what: 'the first attempt' });
      await waitForState(rig, request_id, ({ needs_attention }) => needs_attention);
      return request_id;
    },
  },
  rejected: {
    at: 'the end',
    async park(rig) {
      const request_id = newRequestId();
      rig.sandbox.faults.add({ on: 'create', request_id, code: 11, msg: 'parameter error' });
      await rig.post(requestOf(request_id));
      return request_id;
    },
  },
  /** A create-order may have taken effect, and Lesspay does not answer the look-up. */
  'in-doubt': {
    at: 'activity',
    async park(rig) {
      const request_id = newRequestId();
      rig.sandbox.faults.add({ on: 'create', request_id, drop: 'after' });
      rig.sandbox.faults.add({ on: 'query', request_id, http_status: 503, ...ALWAYS });
      void rig.post(requestOf(request_id));
      await waitFor(() => rig.sandbox.calls(request_id).query_calls > 1, { what: 'the second look-up' });
      return request_id;
    },
  },
  'waiting-for-webhook': { at: 'timer', park: started },
  /** The way of most pay-ins. */
  'webhook-first': {
    at: 'the end',
    async park(rig) {
      const request_id = await started(rig);
      rig.sandbox.orders.act(request_id, 'pay');
      await rig.result(request_id);
      return request_id;
    },
  },
  /** A webhook says what is known already: nobody is asked until the next poll. */
  'stale-webhook': {
    at: 'timer',
    async park(rig) {
      const request_id = await started(rig, { ...SOON, first_ms: 1_000 });
      await rig.sandbox.webhooks.send({ request_id });
      await waitFor(() => rig.sandbox.calls(request_id).query_calls >= 1, { what: 'the next poll' });
      return request_id;
    },
  },
  polling: {
    at: 'timer',
    async park(rig) {
      const request_id = await started(rig, SOON);
      await waitFor(() => rig.sandbox.calls(request_id).query_calls >= 3, { what: 'three polls' });
      return request_id;
    },
  },
  'lesspay-down-while-polling': {
    at: 'activity',
    async park(rig) {
      const request_id = newRequestId();
      rig.sandbox.faults.add({ on: 'query', request_id, http_status: 503, ...ALWAYS });
      await start(rig, request_id, SOON);
      await waitFor(() => rig.sandbox.calls(request_id).query_calls > 1, { what: 'the second try' });
      return request_id;
    },
  },
  /** A webhook says SUCCEED, and query-order does not show it. */
  'unconfirmed-claim': {
    at: 'timer',
    async park(rig) {
      const request_id = await started(rig);
      await rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED' });
      await waitFor(() => rig.sandbox.calls(request_id).query_calls >= 2, { what: 'the second question' });
      return request_id;
    },
  },
  /** PAID, of another amount: polled, and a person's to decide. */
  attention: { at: 'timer', park: paidDifferently },
  /** After the end: flagged, with nothing left to ask. */
  dispute: {
    at: 'message',
    async park(rig) {
      const request_id = await paid(rig);
      const dispute = { event: 'dispute_received', category: 'fraudulent', code: '4837' } as const;
      await resume(rig, request_id, () => Promise.resolve(rig.sandbox.orders.report(request_id, dispute)));
      await waitForState(rig, request_id, ({ needs_attention }) => needs_attention);
      return request_id;
    },
  },
  /** With a deadline, of which a person is reminded. */
  'dispute-with-deadline': {
    at: 'timer',
    async park(rig) {
      const request_id = await paid(rig);
      const evidence_required_by = new Date(Date.now() + 14 * 24 * 3_600_000).toISOString();
      const dispute = { event: 'dispute_received', category: 'fraudulent', evidence_required_by } as const;
      await resume(rig, request_id, () => Promise.resolve(rig.sandbox.orders.report(request_id, dispute)));
      await waitForState(rig, request_id, ({ needs_attention }) => needs_attention);
      // A command more, which does not end the wait: a replay compares only what comes before one.
      NOT_RECORDED.add(request_id);
      await rig.sandbox.webhooks.send({ request_id, overrides: { complete_time: 1_800_000_000_000 } });
      await waitFor(() => hasActivity(rig, request_id), { what: 'the durable write' });
      NOT_RECORDED.delete(request_id);
      return request_id;
    },
  },
  'somebody-elses-order': { at: 'message', park: taken },
  /** Watched to the end of its window; never found at Lesspay, and of no pay-in that is known. */
  unresolved: {
    at: 'message',
    async park(rig) {
      const request_id = newRequestId();
      await claimOfNobody(rig, request_id, SHORT);
      await waitForState(rig, request_id, ({ status }) => status === 'UNRESOLVED');
      return request_id;
    },
  },
  /** By updates: asked now, no longer watched, watched again. */
  operated: {
    at: 'timer',
    async park(rig) {
      const request_id = await started(rig);
      for (const update of ['pollNow', 'stopWatching', 'resumeWatching']) await operate(rig, request_id, update);
      await waitFor(() => rig.sandbox.calls(request_id).query_calls >= 2, { what: 'the second question' });
      return request_id;
    },
  },
  adopted: {
    at: 'timer',
    async park(rig) {
      const request_id = await taken(rig);
      await operate(rig, request_id, 'adopt');
      await waitForState(rig, request_id, ({ status }) => status === 'PENDING_PAY');
      return request_id;
    },
  },
  /** Alerts acknowledged by their code, the rest decided. */
  resolved: {
    at: 'the end',
    async park(rig) {
      const request_id = await paidDifferently(rig);
      rig.sandbox.faults.add({ on: 'query', request_id, body: 'truncated' });
      await operate(rig, request_id, 'pollNow');
      await operate(rig, request_id, 'acknowledge', { code: 'query_unreadable' });
      await operate(rig, request_id, 'resolve', { status: 'SUCCEED' });
      return request_id;
    },
  },
  'cancelled-in-the-ui': {
    at: 'timer',
    async park(rig) {
      const request_id = await started(rig);
      await rig.handle(request_id).cancel();
      await waitForState(rig, request_id, ({ audit }) => audit.length === 1);
      return request_id;
    },
  },
  /** A duplicate after the end: a short run that asks nobody. */
  'late-duplicate': {
    at: 'the end',
    async park(rig) {
      const request_id = await paid(rig);
      await resume(rig, request_id, () => rig.sandbox.webhooks.send({ request_id }));
      await rig.result(request_id);
      return request_id;
    },
  },
  /** After the end, a webhook says REFUND, and query-order does not show it. */
  'resumed-after-the-end': {
    at: 'timer',
    async park(rig) {
      const request_id = await paid(rig);
      const asked = rig.sandbox.calls(request_id).query_calls;
      await resume(rig, request_id, () => rig.sandbox.webhooks.send({ request_id, status: 'REFUND' }));
      await waitFor(() => rig.sandbox.calls(request_id).query_calls >= asked + 2, { what: 'the second question' });
      return request_id;
    },
  },
  'resumed-after-terminate': {
    at: 'timer',
    async park(rig) {
      const request_id = await started(rig);
      await rig.handle(request_id).terminate();
      await resume(rig, request_id, () => rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED' }));
      await waitFor(() => rig.sandbox.calls(request_id).query_calls >= 2, { what: 'the second question' });
      return request_id;
    },
  },
  /** Lesspay has it, no pay-in of ours made it: adopted, flagged, polled. */
  'unknown-order': {
    at: 'timer',
    async park(rig) {
      const request_id = newRequestId();
      await orderOfNobody(rig, request_id);
      await rig.sandbox.webhooks.send({ request_id });
      await waitForState(rig, request_id, ({ status }) => status === 'PENDING_PAY');
      return request_id;
    },
  },
  /** The run after continue-as-new. */
  continued: {
    at: 'timer',
    async park(rig) {
      const request_id = await started(rig);
      const handle = rig.handle(request_id);
      const { runId } = await handle.describe();
      const isFresh = async () => (await handle.describe()).runId !== runId;
      // They all say what is known already: signals alone make the history long.
      await fillHistory(() => handle.signal(webhookSignal, claim(request_id)));
      await waitFor(isFresh, { what: 'the fresh run' });
      return request_id;
    },
  },
  /** To before its create-order: it goes on from its order record. */
  reset: {
    at: 'timer',
    async park(rig) {
      const request_id = await started(rig);
      const { runId } = await rig.handle(request_id).describe();
      const { events } = await rig.handle(request_id).fetchHistory();
      const task = events?.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId;
      await rig.client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: payinWorkflowId(request_id), runId },
        reason: 'to save its history',
        requestId: newRequestId(),
        ...(task ? { workflowTaskFinishEventId: task } : {}),
      });
      await waitForState(rig, request_id, ({ notices }) => notices.some(({ code }) => code === 'overtaken'));
      return request_id;
    },
  },
  /** At its outcome, while the database is down. */
  'not-recorded': {
    at: 'activity',
    async park(rig) {
      const request_id = newRequestId();
      NOT_RECORDED.add(request_id);
      await start(rig, request_id);
      rig.sandbox.orders.act(request_id, 'pay');
      await waitForState(rig, request_id, ({ status }) => status === 'SUCCEED');
      return request_id;
    },
  },
  terminated: {
    at: 'the end',
    async park(rig) {
      const request_id = await started(rig);
      await rig.handle(request_id).terminate('by mistake');
      return request_id;
    },
  },
};

async function started(rig: PayinRig, schedule?: PollSchedule): Promise<string> {
  const request_id = newRequestId();
  await start(rig, request_id, schedule);
  return request_id;
}

/** Until its order exists. */
const start = (rig: PayinRig, request_id: string, schedule = DEFAULT_POLL_SCHEDULE) =>
  rig.client.workflow.executeUpdateWithStart(checkoutUpdate, checkoutWithStart(requestOf(request_id), schedule));

async function paid(rig: PayinRig): Promise<string> {
  const request_id = await started(rig);
  rig.sandbox.orders.act(request_id, 'pay');
  await rig.result(request_id);
  return request_id;
}

async function paidDifferently(rig: PayinRig): Promise<string> {
  const request_id = await started(rig);
  rig.sandbox.orders.act(request_id, 'pay-different', { amount: '40.00' });
  await waitForState(rig, request_id, ({ status }) => status === 'PAID');
  return request_id;
}

async function hasActivity(rig: PayinRig, request_id: string): Promise<boolean> {
  const { events } = await rig.handle(request_id).fetchHistory();
  return (events ?? []).some((event) => event.activityTaskScheduledEventAttributes);
}

async function taken(rig: PayinRig): Promise<string> {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, code: 1201, takes_effect: true });
  await rig.post(requestOf(request_id));
  return request_id;
}

const operate = (rig: PayinRig, request_id: string, update: string, more = {}) =>
  rig.handle(request_id).executeUpdate(update, { args: [{ ...MIA, ...more }] });

/** Until another run of the same pay-in has started by what was sent. */
async function resume(rig: PayinRig, request_id: string, send: () => Promise<unknown>): Promise<void> {
  const { runId } = await rig.handle(request_id).describe();
  await send();
  await waitFor(async () => (await rig.handle(request_id).describe()).runId !== runId, { what: 'the resumed run' });
}

const waitForState = (rig: PayinRig, request_id: string, holds: (state: PayinState) => boolean) =>
  waitFor(async () => holds(await rig.state(request_id)), { what: `the state of ${request_id}` });

const claim = (request_id: string): WebhookClaim => ({
  digest: 'the same each time',
  received_at: new Date().toISOString(),
  version: 'v2',
  request_id,
  order_status: 'PENDING_PAY',
});

async function claimOfNobody(rig: PayinRig, request_id: string, poll_schedule: PollSchedule): Promise<void> {
  const input: ResumeInput = { resume: { request_id }, poll_schedule };
  await rig.client.workflow.signalWithStart(PAYIN_WORKFLOW, {
    workflowId: payinWorkflowId(request_id),
    taskQueue: TASK_QUEUE,
    args: [input],
    signal: webhookSignal,
    signalArgs: [claim(request_id)],
  });
}

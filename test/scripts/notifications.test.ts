import { SANDBOX_MERCHANT } from '../../settings';
import { TASK_QUEUE } from '../../temporal.config';
import { nothingKnown } from '../../payin/resume';
import { DEFAULT_POLL_SCHEDULE } from '../../payin/poll-schedule';
import type { notification } from '../../workflows/notification';
import { handOver } from '../machinery/hand-over';
import { notifiedEvent, notifiedPayin } from '../machinery/notified-payin';
import { fromSetUp, newRequestId, type PayinRig, sandboxMerchant, startRig } from '../machinery/payin-rig';
import { notificationWorkflowId } from '../../workflows/notification/messages';
import { waitFor } from '../machinery/wait-for';
import { runScript } from './running-script';

const env = { TEMPORAL_ADDRESS: fromSetUp('TEST_TEMPORAL_ADDRESS'), TEMPORAL_TASK_QUEUE: TASK_QUEUE };
const notifications = (...args: string[]) => runScript('notifications', args, env);

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function notify(request_id: string, number: number): Promise<void> {
  const payin = notifiedPayin(request_id);
  const events = [notifiedEvent(number)];
  await rig.records.record({
    payin,
    events,
    digest: 'd',
    facts: nothingKnown(request_id, DEFAULT_POLL_SCHEDULE, 0),
    last_event: number,
    recorded: number - 1,
  });
  const endpoints = [sandboxMerchant(rig.sandbox)];
  await handOver({ client: rig.client, records: rig.records, endpoints }, { payin, events });
}

const numbers = (request_id: string) => rig.sandbox.merchant.received(request_id).map(({ number }) => number);

it.each([
  [[]],
  [['list', 'x']],
  [['list', '--limit', '0']],
  [['resend']],
  [['resend', 'x', 'y']],
  [['resend', 'x', '--from', 'x']],
  [['resend', 'x', '--endpoint', 'a-b']],
  [['skip', 'x', '1', '--why', 'x']],
  [['skip', 'x', '--endpoint', 'a', '--why', 'x']],
  [['skip', 'x', 'y', '--endpoint', 'a', '--why', 'x']],
  [['skip', 'x', '1', '--endpoint', 'a']],
])('says how it is used when it is given %j', async (args) => {
  expect(await notifications(...args)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/usage: npm run notifications/),
  });
});

it('sends the events of a pay-in again, from a number on, to one endpoint or to all', async () => {
  const request_id = newRequestId();
  // One that comes in the last step of a run has that step done again, and its event delivered again.
  const run = rig.client.workflow.getHandle(notificationWorkflowId(request_id, SANDBOX_MERCHANT.name));
  const hasEnded = async () => (await run.describe()).status.name === 'COMPLETED';
  await notify(request_id, 1);
  await waitFor(hasEnded, { what: 'event 1' });
  await notify(request_id, 2);
  await waitFor(async () => numbers(request_id).includes(2) && (await hasEnded()), { what: 'event 2' });
  const { code, output } = await notifications('resend', request_id, '--from', '2');
  expect([code, output]).toEqual([0, expect.stringContaining(`notify-${request_id}-${SANDBOX_MERCHANT.name}`)]);
  await waitFor(async () => numbers(request_id).length === 3 && (await hasEnded()), { what: 'event 2 again' });
  await notifications('resend', request_id, '--endpoint', SANDBOX_MERCHANT.name);
  await waitFor(() => numbers(request_id).length === 5, { what: 'both again' });
  expect(numbers(request_id)).toEqual([1, 2, 2, 1, 2]);
});

it('lists what an endpoint has not taken: since when, which attempt, and why', async () => {
  const request_id = newRequestId();
  const fault = rig.sandbox.faults.add({ on: 'notification', request_id, http_status: 503, times: null });
  await notify(request_id, 7);
  await waitFor(() => numbers(request_id).length >= 2, { what: 'two attempts' });
  let output = '';
  const listed = async () => {
    ({ output } = await notifications('list', '--limit', '200'));
    return output.includes(request_id);
  };
  await waitFor(listed, { restMs: 500, what: 'the run in the list' });
  const line = output.split('\n').find((text) => text.startsWith(request_id));
  expect(line).toMatch(/1 undelivered, first: event 7, transition to PENDING_PAY, since 20.*attempt \d+.*answered 503/);
  rig.sandbox.faults.remove(fault.id);
  await notifications('resend', request_id);
  await waitFor(() => rig.sandbox.merchant.received(request_id).at(-1)?.http_status === 204, { what: 'the event' });
});

it('leaves out the first event that an endpoint does not take, and no other, and keeps who did it and why', async () => {
  const request_id = newRequestId();
  const endpoint = SANDBOX_MERCHANT.name;
  const fault = rig.sandbox.faults.add({ on: 'notification', request_id, http_status: 422, times: null });
  await notify(request_id, 1);
  await notify(request_id, 2);
  await waitFor(() => numbers(request_id).length >= 2, { what: 'two attempts' });
  const skip = (...args: string[]) =>
    notifications('skip', request_id, ...args, '--endpoint', endpoint, '--who', 'mia');
  expect(await skip('2', '--why', 'x')).toMatchObject({
    code: 1,
    output: expect.stringContaining('"number" must be 1, the first event that is undelivered'),
  });
  const run = rig.client.workflow.getHandle<typeof notification>(notificationWorkflowId(request_id, endpoint));
  expect(await skip('1', '--why', 'ticket 816')).toMatchObject({
    code: 0,
    output: expect.stringContaining('Event 1 is left out, and event 2 is tried now'),
  });
  rig.sandbox.faults.remove(fault.id);
  const { given_up, delivered } = await run.result();
  expect(given_up).toMatchObject([{ number: 1, who: 'mia', why: 'ticket 816' }]);
  expect(delivered).toBe(2);
  expect(await skip('2', '--why', 'x')).toMatchObject({
    code: 1,
    output: expect.stringContaining('nothing is undelivered'),
  });
});

it('says of what a person has paused that it is, instead of that it will be sent, or that no worker answers', async () => {
  const request_id = newRequestId();
  const fault = rig.sandbox.faults.add({ on: 'notification', request_id, http_status: 503, times: null });
  await notify(request_id, 3);
  await waitFor(() => numbers(request_id).length >= 2, { what: 'two attempts' });
  const workflowId = notificationWorkflowId(request_id, SANDBOX_MERCHANT.name);
  const { workflowService } = rig.client;
  const which = { namespace: 'default', execution: { workflowId }, identity: 'joe', reason: 'hold it' };
  await workflowService.pauseActivity({ ...which, type: 'deliver' });
  const listed = async () =>
    (await notifications('list', '--limit', '200')).output.split('\n').find((text) => text.startsWith(request_id)) ??
    '';
  await waitFor(async () => (await listed()).includes('PAUSED'), { restMs: 500, what: 'the paused activity' });
  expect(await listed()).toMatch(
    /PAUSED: its activity deliver is paused since 20\S+ by joe \(hold it\)\. It goes on after: temporal activity unpause -w notify-\S+ -a \d+ {2}1 undelivered/,
  );
  // A resend begins the delivery anew, by another activity than the paused one.
  const attempts = numbers(request_id).length;
  expect((await notifications('resend', request_id)).output).toMatch(/^Sent again to sandbox/);
  await waitFor(() => numbers(request_id).length > attempts, { what: 'another attempt' });

  // A paused run is not `Running`, and answers no query.
  await workflowService.pauseWorkflowExecution({ ...which, workflowId, requestId: request_id });
  await waitFor(async () => (await listed()).includes('the run is paused'), { restMs: 500, what: 'the paused run' });
  expect(await listed()).toMatch(/by joe \(hold it\)\. It goes on after: temporal workflow unpause -w notify-\S+$/);
  expect((await notifications('resend', request_id)).output).toMatch(/^It has the message, but the run is paused/);
  rig.sandbox.faults.remove(fault.id);
  await workflowService.unpauseWorkflowExecution({ ...which, workflowId, requestId: request_id });
  await waitFor(() => rig.sandbox.merchant.received(request_id).at(-1)?.http_status === 204, { what: 'the event' });
});

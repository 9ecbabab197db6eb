import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { signalNotification } from '../../client/signal-notification';
import type { Endpoint } from '../../merchant/endpoint';
import { SANDBOX_MERCHANT } from '../../settings';
import { SEARCH_ATTRIBUTES } from '../../temporal.config';
import type { notification } from '../../workflows/notification';
import {
  giveUpUpdate,
  type HandOver,
  type NotificationResult,
  notificationStateQuery,
  notificationWorkflowId,
  skipUpdate,
} from '../../workflows/notification/messages';
import { nothingKnown } from '../../payin/resume';
import { DEFAULT_POLL_SCHEDULE } from '../../payin/poll-schedule';
import { handOver } from '../machinery/hand-over';
import { notifiedEvent, notifiedPayin, numbered } from '../machinery/notified-payin';
import { newRequestId, sandboxMerchant, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** How one endpoint is told of one pay-in, whatever happens to it, to the endpoint, or to the run. */

const ENDPOINT = SANDBOX_MERCHANT.name;
let rig: TimeSkippingRig;
let endpoint: Endpoint;

beforeAll(async () => {
  rig = await startTimeSkippingRig();
  endpoint = sandboxMerchant(rig.sandbox);
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());

const toldOf = (request_id: string, ...numbers: number[]): HandOver => ({
  payin: notifiedPayin(request_id),
  events: numbers.map((number) => notifiedEvent(number)),
});
const notify = (request_id: string, ...numbers: number[]) =>
  handOver({ client: rig.client, records: rig.records, endpoints: [endpoint] }, toldOf(request_id, ...numbers));

const handle = (request_id: string, name = ENDPOINT) =>
  rig.client.workflow.getHandle<typeof notification>(notificationWorkflowId(request_id, name));
const state = (request_id: string) => handle(request_id).query(notificationStateQuery);
const received = (request_id: string) => rig.sandbox.merchant.received(request_id);
const ids = (request_id: string) => received(request_id).map(({ webhook_id }) => numbered(webhook_id));
const numbersTaken = (request_id: string) =>
  received(request_id).flatMap(({ number, http_status }) => (http_status === 204 ? [number] : []));
const fail = (request_id: string, times: number | null = null) =>
  rig.sandbox.faults.add({ on: 'notification', request_id, http_status: 500, times });
const MIA = { who: 'mia', why: 'the backend is gone for good' };

async function completed(request_id: string): Promise<NotificationResult> {
  await rig.ended(handle(request_id).workflowId);
  return handle(request_id).result();
}

/** Until its first attempts have failed, and the next one waits for its time. */
async function waitsForEndpoint(request_id: string): Promise<void> {
  const failed = async () => {
    const [delivery] = (await handle(request_id).describe()).raw.pendingActivities ?? [];
    return (delivery?.attempt ?? 0) > 1;
  };
  await waitFor(failed, { what: `a failed delivery of ${request_id}` });
}
async function stuck(request_id: string): Promise<void> {
  await rig.passUntil('12 hours', 'needs attention', async () => (await state(request_id)).needs_attention);
}

async function attention(request_id: string): Promise<unknown> {
  const { typedSearchAttributes } = await handle(request_id).describe();
  return typedSearchAttributes.get(SEARCH_ATTRIBUTES.needsAttention);
}

const terminate = async (request_id: string) => {
  await rig.client.workflow.getHandle(notificationWorkflowId(request_id, ENDPOINT)).terminate('by a test');
};

it('tells of events in order, signed, and ends: 8 events and 1 workflow task for two of them', async () => {
  const request_id = newRequestId();
  await notify(request_id, 1, 3);
  const result = await completed(request_id);
  expect(received(request_id)).toMatchObject([
    {
      webhook_id: expect.stringContaining(`${request_id}_1_`),
      number: 1,
      type: 'payin.transition',
      verified: true,
      http_status: 204,
    },
    { webhook_id: expect.stringContaining(`${request_id}_3_`), number: 3, verified: true, http_status: 204 },
  ]);
  expect(result).toMatchObject({ delivered: 3, pending: [], needs_attention: false, given_up: [] });
  const { events } = await handle(request_id).fetchHistory();
  expect(events?.length).toBeLessThanOrEqual(8);
  expect(events?.filter((one) => one.workflowTaskCompletedEventAttributes)).toHaveLength(1);
});

it('a hand-over that is repeated, while it runs or after its end, changes nothing', async () => {
  const request_id = newRequestId();
  fail(request_id, 2);
  await notify(request_id, 1);
  await waitsForEndpoint(request_id);
  await Promise.all([notify(request_id, 1), notify(request_id, 1), notify(request_id, 1)]);
  await rig.passUntil('10 seconds', 'event 1', async () => numbersTaken(request_id).length > 0);
  await completed(request_id);
  await notify(request_id, 1);
  const { delivered } = await completed(request_id);
  expect(delivered).toBe(1);
  await notify(request_id, 1, 2);
  await waitFor(() => numbersTaken(request_id).includes(2), { what: 'event 2' });
  expect(numbersTaken(request_id)).toEqual([1, 2]);
});

it('a first failure costs 6 events and 1 workflow task more, however many attempts follow', async () => {
  const request_id = newRequestId();
  fail(request_id, 4);
  await notify(request_id, 1);
  await rig.passUntil('10 seconds', 'event 1', async () => numbersTaken(request_id).length === 1);
  await completed(request_id);
  const { events } = await handle(request_id).fetchHistory();
  expect(events?.length).toBeLessThanOrEqual(13);
  expect(events?.filter((one) => one.workflowTaskCompletedEventAttributes)).toHaveLength(2);
});

it('an event that comes while the one before is not taken waits behind it, and each keeps its id', async () => {
  const request_id = newRequestId();
  fail(request_id, 3);
  await notify(request_id, 1);
  await waitsForEndpoint(request_id);
  await notify(request_id, 2);
  await rig.passUntil('10 seconds', 'both', async () => numbersTaken(request_id).length === 2);
  expect(ids(request_id)).toEqual([1, 1, 1, 1, 2].map((number) => `${request_id}_${number}`));
  const [first] = (await completed(request_id)).deliveries;
  expect(first).toMatchObject({ number: 1, http_status: 204 });
  // A quick one may have been left out, since the endpoint failed a moment ago.
  expect(first?.attempts).toBeGreaterThanOrEqual(4);
});

it.each([
  ['301', { redirect: 'http://127.0.0.1:9/elsewhere', http_status: 301 }, /301, a redirect/],
  ['404', { http_status: 404 }, /answered 404/],
  ['a closed connection', { drop: true as const }, /no answer from 127\.0\.0\.1:\d+ \(ECONNRESET\)/],
])('%s is no success', async (_what, fault, reason) => {
  const request_id = newRequestId();
  const { id } = rig.sandbox.faults.add({ on: 'notification', request_id, times: null, ...fault });
  await notify(request_id, 1);
  await waitFor(async () => reason.test((await state(request_id)).last_failure ?? ''), { what: 'the failure' });
  rig.sandbox.faults.remove(id);
  await rig.passUntil('10 seconds', 'delivered', async () => numbersTaken(request_id).length === 1);
  expect((await completed(request_id)).delivered).toBe(1);
});

describe('an event that the endpoint refuses, beside others that it takes', () => {
  const refuse = (request_id: string, http_status: number) =>
    rig.sandbox.faults.add({ on: 'notification', request_id, http_status, times: null });
  async function flagged(request_id: string): Promise<void> {
    let passed = 0;
    while (!(await state(request_id)).needs_attention) {
      passed += 1;
      expect(passed).toBeLessThan(30);
      await rig.pass('10 seconds');
    }
  }

  it('is flagged within minutes, and leaving it out has the next one sent', async () => {
    const [request_id, other] = [newRequestId(), newRequestId()];
    const fault = refuse(request_id, 422);
    await notify(other, 1);
    await completed(other);
    await notify(request_id, 1, 2);
    await flagged(request_id);
    expect(await attention(request_id)).toBe(true);
    expect(await state(request_id)).toMatchObject({ trouble: 'refused', last_failure: expect.stringContaining('422') });
    const { currentDetails } = await handle(request_id).query<{ currentDetails?: string }>(
      '__temporal_workflow_metadata',
    );
    expect(currentDetails).toMatch(
      /does not accept event 1, transition to PENDING_PAY[^]*npm run notifications -- skip [^ ]+ 1 --endpoint sandbox --why/,
    );
    // It waits behind the first one: which is tried on.
    const tries = ids(request_id).length;
    await rig.pass('1 hour');
    expect(ids(request_id).length).toBeGreaterThan(tries);
    expect(new Set(ids(request_id))).toEqual(new Set([`${request_id}_1`]));
    rig.sandbox.faults.remove(fault.id);
    const skip = (number: number) => handle(request_id).executeUpdate(skipUpdate, { args: [{ ...MIA, number }] });
    await expect(skip(2)).rejects.toThrow('Workflow Update failed');
    await skip(1);
    const { given_up, delivered, needs_attention } = await completed(request_id);
    expect([given_up, delivered, needs_attention]).toEqual([
      [expect.objectContaining({ number: 1, ...MIA })],
      2,
      false,
    ]);
    expect(numbersTaken(request_id)).toEqual([2]);
    expect(await attention(request_id)).toBe(false);
  });

  it.each([401, 301])(
    'is delivered within the hour once the endpoint takes it, which nobody need do anything for (%d)',
    async (http_status) => {
      const request_id = newRequestId();
      const fault = refuse(request_id, http_status);
      await notify(request_id, 1);
      await flagged(request_id);
      rig.sandbox.faults.remove(fault.id);
      await rig.passUntil('10 minutes', 'event 1', async () => numbersTaken(request_id).length === 1);
      expect(await completed(request_id)).toMatchObject({ delivered: 1, needs_attention: false });
      expect(await attention(request_id)).toBe(false);
    },
  );

  it('is not flagged for a while where the endpoint only asks for patience', async () => {
    const request_id = newRequestId();
    const fault = refuse(request_id, 429);
    await notify(request_id, 1);
    await waitsForEndpoint(request_id);
    await rig.pass('2 hours');
    expect(await state(request_id)).toMatchObject({ needs_attention: false, pending: [{ number: 1 }] });
    rig.sandbox.faults.remove(fault.id);
    await signalNotification(rig.client, { request_id, endpoint: ENDPOINT }, 'resend', {});
    await completed(request_id);
  });
});

it('410 Gone ends trying at once, for newer events too, until a person asks for it', async () => {
  const request_id = newRequestId();
  const fault = rig.sandbox.faults.add({ on: 'notification', request_id, http_status: 410, times: null });
  await notify(request_id, 1);
  await waitFor(async () => (await attention(request_id)) === true, { what: 'attention' });
  const tries = ids(request_id).length;
  expect(tries).toBeLessThanOrEqual(2);
  await notify(request_id, 2);
  await rig.pass('2 hours');
  expect(await state(request_id)).toMatchObject({ trouble: 'gone', pending: [{ number: 1 }, { number: 2 }] });
  expect(ids(request_id)).toHaveLength(tries);
  rig.sandbox.faults.remove(fault.id);
  await signalNotification(rig.client, { request_id, endpoint: ENDPOINT }, 'resend', {});
  await completed(request_id);
  expect(numbersTaken(request_id)).toEqual([1, 2]);
});

describe('after 3 days without success', () => {
  it('a person must look, and a resend delivers what was undelivered', async () => {
    const request_id = newRequestId();
    const fault = fail(request_id);
    await notify(request_id, 1);
    await notify(request_id, 2);
    await stuck(request_id);
    expect(await attention(request_id)).toBe(true);
    const details = await handle(request_id).query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(details.currentDetails).toMatch(/Needs attention[^]*resend/);
    rig.sandbox.faults.remove(fault.id);
    await signalNotification(rig.client, { request_id, endpoint: ENDPOINT }, 'resend', {});
    const result = await completed(request_id);
    expect(numbersTaken(request_id)).toEqual([1, 2]);
    expect(result).toMatchObject({ delivered: 2, needs_attention: false });
    expect(await attention(request_id)).toBe(false);
  });

  it('a newer event has all tried again, in order', async () => {
    const request_id = newRequestId();
    const fault = fail(request_id);
    await notify(request_id, 1);
    await stuck(request_id);
    rig.sandbox.faults.remove(fault.id);
    await notify(request_id, 2);
    await completed(request_id);
    expect(numbersTaken(request_id)).toEqual([1, 2]);
  });

  it('a person may give it up, which the result says, and which holds for the runs after it', async () => {
    const request_id = newRequestId();
    const fault = fail(request_id);
    await notify(request_id, 1, 2);
    await stuck(request_id);
    const refused = handle(request_id).executeUpdate(giveUpUpdate, { args: [{ who: 'mia', why: ' ' }] });
    await expect(refused).rejects.toThrow('Workflow Update failed');
    await handle(request_id).executeUpdate(giveUpUpdate, { args: [MIA] });
    const { given_up, delivered } = await completed(request_id);
    expect(given_up).toMatchObject([
      { number: 1, ...MIA },
      { number: 2, ...MIA },
    ]);
    expect(delivered).toBe(2);
    rig.sandbox.faults.remove(fault.id);
    await notify(request_id, 1, 2, 3);
    await waitFor(() => numbersTaken(request_id).includes(3), { what: 'event 3' });
    expect(numbersTaken(request_id)).toEqual([3]);
  });
});

it('giving up needs no 3 days, and stops the attempts that are under way', async () => {
  const request_id = newRequestId();
  fail(request_id);
  await notify(request_id, 1);
  await waitsForEndpoint(request_id);
  await handle(request_id).executeUpdate(giveUpUpdate, { args: [MIA] });
  expect((await completed(request_id)).given_up).toMatchObject([{ number: 1, ...MIA }]);
});

it('a resend that comes while an attempt is under way has it tried again, whatever becomes of that one', async () => {
  const request_id = newRequestId();
  const slow = rig.sandbox.faults.add({ on: 'notification', request_id, times: null, delay_ms: 200, http_status: 500 });
  await notify(request_id, 1);
  const durable = async () => (await handle(request_id).describe()).raw.pendingActivities?.length === 1;
  await waitFor(durable, { what: 'the durable attempt' });
  for (let count = 0; count < 3; count += 1) {
    await signalNotification(rig.client, { request_id, endpoint: ENDPOINT }, 'resend', {});
    const before = received(request_id).length;
    await waitFor(() => received(request_id).length > before, { what: 'another attempt' });
  }
  expect(await state(request_id)).toMatchObject({ needs_attention: false, pending: [{ number: 1 }] });
  rig.sandbox.faults.remove(slow.id);
  await signalNotification(rig.client, { request_id, endpoint: ENDPOINT }, 'resend', {});
  await completed(request_id);
  expect(numbersTaken(request_id)).toEqual([1]);
});

it('Cancel, and Cancel again, loses nothing', async () => {
  const request_id = newRequestId();
  fail(request_id, 2);
  await notify(request_id, 1);
  await waitsForEndpoint(request_id);
  await handle(request_id).cancel();
  await handle(request_id).cancel();
  await notify(request_id, 2);
  await rig.passUntil('10 seconds', 'both', async () => numbersTaken(request_id).length === 2);
  expect((await completed(request_id)).delivered).toBe(2);
});

describe('a run that was terminated', () => {
  it('hands on what it had not delivered, and nothing else', async () => {
    const request_id = newRequestId();
    await notify(request_id, 1);
    await completed(request_id);
    const fault = fail(request_id);
    await notify(request_id, 2);
    await waitsForEndpoint(request_id);
    await terminate(request_id);
    rig.sandbox.faults.remove(fault.id);
    await notify(request_id, 3);
    await completed(request_id);
    expect(numbersTaken(request_id)).toEqual([1, 2, 3]);
  });
});

describe('a hand-over that comes late', () => {
  /** Does something once, between what the hand-over reads of the last run and what it does with that. */
  function clientThat(act: () => Promise<void>): Client {
    let left = 1;
    return new Client({
      connection: rig.client.connection,
      interceptors: {
        workflow: [
          {
            async describe(input, next) {
              const described = await next(input);
              left -= 1;
              if (left === 0) await act();
              return described;
            },
          },
        ],
      },
    });
  }
  const lastRun = async (request_id: string) => (await handle(request_id).describe()).runId;

  it('goes by what the newest run knew, also when that has come and gone in the meantime', async () => {
    const request_id = newRequestId();
    await notify(request_id, 1);
    await completed(request_id);
    const client = clientThat(async () => {
      const before = await lastRun(request_id);
      await notify(request_id, 2, 3);
      expect((await completed(request_id)).delivered).toBe(3);
      expect(await lastRun(request_id)).not.toBe(before);
    });
    await handOver({ client, records: rig.records, endpoints: [endpoint] }, toldOf(request_id, 2));
    expect((await completed(request_id)).delivered).toBe(3);
    expect(numbersTaken(request_id)).toEqual([1, 2, 3]);
  });

  it('starts nothing once its time is up', async () => {
    const request_id = newRequestId();
    await notify(request_id, 1);
    await completed(request_id);
    const before = await lastRun(request_id);
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const client = clientThat(() => Promise.resolve(environment.cancel('TIMED_OUT')));
    const late = handOver({ client, records: rig.records, endpoints: [endpoint] }, toldOf(request_id, 2), environment);
    await expect(late).rejects.toThrow('TIMED_OUT');
    expect(await lastRun(request_id)).toBe(before);

    const other = newRequestId();
    const again = handOver({ client, records: rig.records, endpoints: [endpoint] }, toldOf(other, 1), environment);
    await expect(again).rejects.toThrow('TIMED_OUT');
    await expect(lastRun(other)).rejects.toThrow(WorkflowNotFoundError);
  });
});

describe('resend', () => {
  const resend = (request_id: string, from?: number) =>
    signalNotification(rig.client, { request_id, endpoint: ENDPOINT }, 'resend', from === undefined ? {} : { from });

  async function recorded(request_id: string, ...numbers: number[]): Promise<void> {
    await recordedAs({ digest: 'd' }, request_id, ...numbers);
  }

  async function recordedAs(whose: { digest?: string }, request_id: string, ...numbers: number[]): Promise<void> {
    const events = numbers.map((number) => notifiedEvent(number));
    const last_event = Math.max(...numbers);
    await rig.records.record({
      ...whose,
      payin: notifiedPayin(request_id),
      facts: nothingKnown(request_id, DEFAULT_POLL_SCHEDULE, 0),
      last_event,
      recorded: Math.min(...numbers) - 1,
      events,
    });
  }

  it('tells an endpoint again, under the same ids, whose run has ended', async () => {
    const request_id = newRequestId();
    await recorded(request_id, 1, 2, 3);
    await notify(request_id, 1, 2, 3);
    await completed(request_id);
    await resend(request_id, 2);
    await waitFor(() => ids(request_id).length === 5, { what: 'the events again' });
    expect(ids(request_id)).toEqual([1, 2, 3, 2, 3].map((number) => `${request_id}_${number}`));
    expect(received(request_id).map(({ repeated }) => repeated)).toEqual([false, false, false, true, true]);
    expect((await completed(request_id)).delivered).toBe(3);
  });

  it('of an order that nobody has adopted tells nothing', async () => {
    const request_id = newRequestId();
    await recordedAs({}, request_id, 1, 2);
    await resend(request_id);
    await completed(request_id);
    expect(ids(request_id)).toEqual([]);
  });

  it('works where Temporal has forgotten the pay-in, and then nothing is told a third time', async () => {
    const request_id = newRequestId();
    await recorded(request_id, 1, 2);
    await resend(request_id);
    await completed(request_id);
    expect(numbersTaken(request_id)).toEqual([1, 2]);
    await notify(request_id, 2);
    expect((await completed(request_id)).delivered).toBe(2);
    expect(numbersTaken(request_id)).toEqual([1, 2]);
  });

  it('of a pay-in that nobody recorded ends, and says so', async () => {
    const request_id = newRequestId();
    await resend(request_id);
    expect((await completed(request_id)).last_failure).toContain('the order records hold no pay-in');
  });

  it('tries at once what is undelivered, and sends nothing twice', async () => {
    const request_id = newRequestId();
    await recorded(request_id, 1);
    await notify(request_id, 1);
    await completed(request_id);
    const fault = fail(request_id);
    await notify(request_id, 2);
    await waitsForEndpoint(request_id);
    await rig.pass('6 hours');
    rig.sandbox.faults.remove(fault.id);
    await resend(request_id);
    await completed(request_id);
    expect(numbersTaken(request_id)).toEqual([1, 2]);
  });
});

it('signals that make no sense break nothing', async () => {
  const request_id = newRequestId();
  fail(request_id, 2);
  await notify(request_id, 1);
  await waitsForEndpoint(request_id);
  const strange = [
    undefined,
    null,
    7,
    'x',
    [],
    {},
    { payin: null },
    { payin: notifiedPayin('other'), events: [notifiedEvent(9)] },
  ];
  const events = [
    [null],
    [{ number: 'x' }],
    [{ ...notifiedEvent(9), number: -1 }],
    [{ ...notifiedEvent(9), data: null }],
    'x',
  ];
  for (const message of [...strange, ...events.map((bad) => ({ payin: notifiedPayin(request_id), events: bad }))])
    await handle(request_id).signal('notify', message);
  for (const message of [undefined, null, 'x', { from: 'x' }, { from: -1 }])
    await handle(request_id).signal('resend', message);
  await handle(request_id).signal('nobody-knows-it', 1);
  // A signal that comes in at the moment of a delivery may have it made twice: with its id, and known as such.
  await rig.passUntil('10 seconds', 'event 1', async () => numbersTaken(request_id).includes(1));
  expect((await completed(request_id)).delivered).toBe(1);
});

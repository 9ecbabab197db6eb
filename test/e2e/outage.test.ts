import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { FaultInput } from '../../sandbox/faults';
import { openRecords } from '../../records/open-records';
import { SANDBOX_MERCHANT } from '../../settings';
import { notificationWorkflowId } from '../../workflows/notification/messages';
import { isNotified, type PayinEvent } from '../../payin/events';
import { webhookId } from '../../merchant/notification-body';
import { HoldingProxy, type Way } from '../crash/holding-proxy';
import { fromSetUp, newRequestId, requestOf, sandboxMerchant, startRig, type PayinRig } from '../machinery/payin-rig';
import { ownPorts } from '../machinery/own-ports';
import { newDatabaseUrl } from '../machinery/postgres';
import { IS_FULL, sized } from '../machinery/size';
import { waitFor } from '../machinery/wait-for';
import { describeOnPostgres } from '../records/databases';
import { plannedOutages, plannedPayins, type Ending, type PlannedPayin } from './outage-plan';

/**
 * Many pay-ins while the order records' database, the merchant's endpoint, or both go down and come back at random,
 * and stay down at last until every outcome is there. The same again: `OUTAGE_SEED=...`.
 */

const PAYINS = sized(16, 100);
const SEED = Number(process.env['OUTAGE_SEED'] ?? Date.now() & 0x7fffffff);
/** This many pay-ins before the last, the outage begins that ends when all have come to their outcomes. */
const LAST = PAYINS / 4;

/** One way of being down: from the call on, until what it returns is called. */
type Down = () => () => void | Promise<void>;

let rig: PayinRig;
let database: HoldingProxy;
let endpoint: HoldingProxy;

const closed = (proxy: () => HoldingProxy): Down => {
  return () => {
    proxy().close();
    return () => proxy().open();
  };
};
const silent = (proxy: () => HoldingProxy, way: Way): Down => {
  return () => {
    proxy().hold(way);
    return () => proxy().release();
  };
};
const faulty = (what: Partial<Extract<FaultInput, { on: 'notification' }>>): Down => {
  return () => {
    const { id } = rig.sandbox.faults.add({ on: 'notification', times: null, ...what });
    return () => void rig.sandbox.faults.remove(id);
  };
};

type Ways = Readonly<Record<string, Down>>;
const DATABASE: Ways = {
  closed: closed(() => database),
  'deaf (requests are lost)': silent(() => database, 'requests'),
  'mute (answers are lost)': silent(() => database, 'answers'),
};
const ENDPOINT: Ways = {
  closed: closed(() => endpoint),
  'deaf (requests are lost)': silent(() => endpoint, 'requests'),
  'mute (answers are lost)': silent(() => endpoint, 'answers'),
  'answering 503': faulty({ http_status: 503 }),
  'hanging up': faulty({ drop: true }),
  slow: faulty({ delay_ms: 3_000 }),
};

const OUTCOMES = { pay: 'SUCCEED', decline: 'FAILED', cancel: 'CANCELED', refund: 'REFUND' } as const;

type Outcome = (typeof OUTCOMES)[Ending];

interface Ended {
  readonly request_id: string;
  /** In order. */
  readonly outcomes: readonly Outcome[];
  /** For each: from when it happened at Lesspay to when the workflow knew, ms. */
  readonly took: readonly number[];
}

async function startPayin({ paid_after, ending, refunded_after }: PlannedPayin): Promise<Ended> {
  const request_id = newRequestId();
  // As a backend does, which asks again after 503.
  await waitFor(async () => (await rig.post(requestOf(request_id))).status < 300, {
    what: `the start of ${request_id}`,
  });
  await waitFor(() => rig.sandbox.calls(request_id).orders_created === 1, { what: `the order ${request_id}` });
  await pause(paid_after);
  if (ending !== 'refund')
    return { request_id, outcomes: [OUTCOMES[ending]], took: [await outcome(request_id, ending)] };
  const paid = await outcome(request_id, 'pay');
  await pause(refunded_after);
  return { request_id, outcomes: ['SUCCEED', 'REFUND'], took: [paid, await outcome(request_id, 'refund')] };
}

/** @returns how long it took, by the workflow's own word, ms */
async function outcome(request_id: string, action: Ending): Promise<number> {
  const began = Date.now();
  rig.sandbox.orders.act(request_id, action);
  let at: string | undefined;
  const isThere = async () => {
    // Asking is not to be the better part of the load.
    await pause(200);
    const { status, outcome_at } = await rig.state(request_id);
    if (status === OUTCOMES[action]) at = outcome_at;
    return at !== undefined;
  };
  await waitFor(isThere, { what: `${OUTCOMES[action]} of ${request_id}` });
  return Date.parse(at ?? '') - began;
}

/** Goes down and comes back as planned, until it is over; then goes down for good. */
async function trouble(name: string, ways: Ways, seed: number, isLast: AbortSignal) {
  const told: string[] = [];
  const choices = Object.entries(ways);
  for (const { begins_after, lasts, way } of plannedOutages(seed)) {
    if (!isLast.aborted) await pause(begins_after);
    const [what, goDown] = choices[way % choices.length] ?? [];
    if (what === undefined || goDown === undefined) throw new Error('there is no way to be down');
    const since = performance.now();
    const comeBack = goDown();
    const end = async () => {
      await comeBack();
      told.push(`${what} ${seconds(performance.now() - since)}`);
    };
    if (isLast.aborted) return { end, told: () => `${name} ${told.join(', ')}` };
    await pause(lasts);
    await end();
  }
  throw new Error('the plan holds too few outages');
}

/** Everything there is to say of a pay-in afterwards that is not as it must be. */
async function expectAllTold({ request_id, outcomes }: Ended): Promise<void> {
  const result = await rig.result(request_id);
  expect(result).toMatchObject({ status: outcomes.at(-1), alerts: [] });
  const record = await rig.records.find(request_id);
  expect(record).toMatchObject({ status: result.status, last_event: result.facts.last_event, needs_attention: false });
  const events = await rig.records.events(request_id, { limit: 200 });
  expect(events.map(({ number }) => number)).toEqual(events.map((_event, index) => index + 1));
  expect(events.at(-1)?.number).toBe(record?.last_event);
  expect(statusesOf(events)).toEqual(['CREATING', 'PENDING_PAY', ...outcomes]);

  const arrived = rig.sandbox.merchant.received(request_id);
  const ids = events.filter(isNotified).map((event) => webhookId({ payin: result, event }));
  expect(firstOf(arrived.map(({ webhook_id }) => webhook_id))).toEqual(ids);
  const taken = arrived.filter(({ http_status }) => http_status === 204);
  expect(firstOf(taken.map(({ webhook_id }) => webhook_id))).toEqual(ids);
  const contents = arrived.map(({ webhook_id, number, type, status }) => ({ webhook_id, number, type, status }));
  expect(firstOf(contents.map((content) => JSON.stringify(content)))).toHaveLength(ids.length);
  expect(arrived.filter(({ verified }) => !verified)).toEqual([]);
}

const firstOf = (all: readonly string[]): string[] => [...new Set(all)];

/** Each transition goes from where the one before it led to. */
function statusesOf(events: readonly PayinEvent[]): unknown[] {
  const transitions = events.filter(({ kind }) => kind === 'transition').map(({ data }) => data);
  transitions.forEach(({ from }, index) =>
    expect(from).toBe(index === 0 ? 'CREATING' : transitions[index - 1]?.['to']),
  );
  return ['CREATING', ...transitions.map(({ to }) => to)];
}

async function isRecorded({ request_id }: Ended): Promise<boolean> {
  return (await rig.handle(request_id).describe()).status.name === 'COMPLETED';
}

/** At once, by the pay-in itself, or by a notification workflow. */
async function isNotifiedOf(one: Ended): Promise<boolean> {
  if (!(await isRecorded(one))) return false;
  const workflowId = notificationWorkflowId(one.request_id, SANDBOX_MERCHANT.name);
  try {
    return (await rig.client.workflow.getHandle(workflowId).describe()).status.name === 'COMPLETED';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}

/** @returns how long it took until the last of them was there, ms */
async function untilAll(ended: readonly Ended[], what: string, isThere: (one: Ended) => Promise<boolean>) {
  const since = performance.now();
  for (const one of ended) await waitFor(() => isThere(one), { what: `${what} ${one.request_id}` });
  return performance.now() - since;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function figures(ended: readonly Ended[]): string {
  const took = ended.flatMap((one) => one.took).sort((a, b) => a - b);
  const [median = 0, worst = 0] = [took[Math.floor(took.length / 2)], took.at(-1)];
  return `${took.length} outcomes, median ${Math.round(median)} ms, worst ${Math.round(worst)} ms`;
}

/** Resolves when all have come to their outcomes. */
async function load(last: () => void = () => undefined): Promise<Ended[]> {
  const begun: Promise<Ended>[] = [];
  for (const payin of plannedPayins(SEED, PAYINS)) {
    await pause(payin.starts_after);
    if (begun.length === PAYINS - LAST) last();
    begun.push(startPayin(payin));
  }
  return Promise.all(begun);
}

describeOnPostgres('many pay-ins', () => {
  beforeAll(async () => {
    const url = new URL(await newDatabaseUrl(fromSetUp('TEST_DATABASE_URL')));
    const [databasePort = 0, endpointPort = 0] = await ownPorts(2);
    database = new HoldingProxy(databasePort, Number(url.port));
    await database.open();
    url.port = String(database.port);
    // Where it leads to is known later.
    endpoint = new HoldingProxy(endpointPort, 0);
    await endpoint.open();
    rig = await startRig({
      records: openRecords({ databaseUrl: url.href }),
      endpoints: [sandboxMerchant({ url: `http://127.0.0.1:${endpoint.port}` })],
    });
    endpoint.serverPort = rig.sandbox.port;
    await rig.records.ping();
    process.stdout.write(`outage: seed ${SEED}\n`);
    // To compare with.
    if (IS_FULL) process.stdout.write(`outage of nothing: ${figures(await load())}\n`);
  });
  afterAll(async () => {
    await rig.close();
    database.close();
    endpoint.close();
  });

  it.each([
    ['the database', [['database', DATABASE]]],
    ["the merchant's endpoint", [['endpoint', ENDPOINT]]],
    [
      'both',
      [
        ['database', DATABASE],
        ['endpoint', ENDPOINT],
      ],
    ],
  ] satisfies [string, [string, Ways][]][])(
    'come to their outcomes while %s is down; all is recorded and notified afterwards, once and in order',
    async (what, parts) => {
      const last = new AbortController();
      const troubles = parts.map(([name, ways], index) =>
        trouble(name, ways, SEED + 10 * parts.length + index, last.signal),
      );
      const ended = await load(() => last.abort());
      // Whatever is down has been so since long before the last of them.
      const outages = await Promise.all(troubles);
      const since = performance.now();
      await Promise.all(outages.map(({ end }) => end()));
      const [recorded, notified] = await Promise.all([
        untilAll(ended, 'the record of', isRecorded),
        untilAll(ended, 'the notifications of', isNotifiedOf),
      ]);
      process.stdout.write(
        [
          `outage of ${what}: ${figures(ended)}`,
          `all recorded after ${seconds(recorded)}, all notified after ${seconds(notified)} (${seconds(performance.now() - since)})`,
          ...outages.map(({ told }) => told()),
        ].join('; ') + '\n',
      );
      for (const one of ended) await expectAllTold(one);
    },
  );
});

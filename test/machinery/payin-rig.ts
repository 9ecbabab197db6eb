import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import type { Info } from '@temporalio/activity';
import { NativeConnection, Worker, type ActivityInterceptorsFactory } from '@temporalio/worker';
import { pino } from 'pino';
import { createLesspayActivities } from '../../activities/lesspay';
import type { LesspayActivities } from '../../workflows/payin/activities';
import { createNotificationActivities } from '../../activities/notification';
import { createPayinActivities } from '../../activities/payin';
import { createPublishingActivities } from '../../activities/publish';
import { createReconciliationActivities, type ReconciliationActivitiesDeps } from '../../activities/reconciliation';
import { runWasReset } from '../../activities/run-was-reset';
import { createUnmatchedActivities } from '../../activities/unmatched-order';
import { startApi } from '../../api/server';
import type { PayinRequestInput } from '../../client/payin-request';
import { createLesspayClient } from '../../lesspay/client';
import { MINOR_UNIT_METHODS } from '../../lesspay/methods';
import type { Endpoint } from '../../merchant/endpoint';
import { createMerchant } from '../../merchant/merchant';
import type { Database } from '../../records/database';
import type { Records } from '../../records/payin-records';
import { postgres } from '../../records/postgres';
import { recordsOn } from '../../records/records-on';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox';
import { isOurs, SANDBOX_MERCHANT } from '../../settings';
import { addSearchAttributes, TASK_QUEUE, temporalClient } from '../../temporal.config';
import { payinWorkflows } from '../../activities/payin-workflows';
import { refuseRepeatedCalls } from '../../worker/refuse-repeated-calls';
import { workflowLimits } from '../../worker/workflow-limits';
import type { payin } from '../../workflows/payin';
import { type PayinResult, payinWorkflowId, stateQuery } from '../../workflows/payin/messages';
import type { PayinState } from '../../payin/view';
import { fromSetUp } from './from-set-up';
import { mixesMessages } from './mixes-messages';
import { quietRuntime } from './quiet-runtime';
import { replayRuns, type Run } from './replay-at-end';
import { ServerClock } from './server-clock';
import { APP, jsonObject, newRequestId, requestOf } from './payin-request';
import { testDatabaseUrl } from './postgres';
import { underWay } from './time-locks';
import { waitFor } from './wait-for';

export { APP, fromSetUp, jsonObject, newRequestId, requestOf };

/** The whole product on a real Temporal server, against the sandbox over real HTTP. */

export const API_KEY = 'test-key';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface PayinRig {
  readonly client: Client;
  readonly sandbox: Sandbox;
  readonly records: Records;
  /** Where they are, for another process; absent where they are in memory. */
  readonly databaseUrl?: string | undefined;
  readonly apiUrl: string;
  /** POST /payins */
  post(request: PayinRequestInput): Promise<Answered>;
  /** GET /payins/{request_id} */
  get(request_id: string): Promise<Answered>;
  handle(request_id: string): ReturnType<Client['workflow']['getHandle']>;
  state(request_id: string): Promise<PayinState>;
  /** Waits, in real time, until the run has ended by itself; its result. */
  result(request_id: string): Promise<PayinResult>;
  /** Waits, in real time, until the workflow has ended. */
  ended(workflowId: string): Promise<void>;
  /** Starts the worker again after `stopWorker`, with today's workflow code or that of another bundle. */
  startWorker(bundlePath?: string): Promise<void>;
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

export interface TimeSkippingRig extends PayinRig {
  /** Lets time pass on the server, for workflows, activities and the sandbox alike. */
  pass(duration: string | number): Promise<void>;
  /** Lets time pass, `step` by `step`, until the condition holds. */
  passUntil(step: string | number, what: string, holds: () => Promise<boolean>): Promise<void>;
  /** Waits, in real time, until nothing is under way in the run: this server's time stands still for what never ends. */
  quiet(request_id: string): Promise<void>;
  /** Takes away a lock on the server's time that it has forgotten: while nothing is under way, and time does not pass. */
  freeTime(): Promise<void>;
}

/** On the dev server that all test files share, in real time. */
export async function startRig(options: RigOptions = {}): Promise<PayinRig> {
  const address = fromSetUp('TEST_TEMPORAL_ADDRESS');
  const connection = await NativeConnection.connect({ address });
  const client = temporalClient({ namespace: 'default', connectionOptions: { address } });
  return assemble(
    {
      ...options,
      client,
      connection,
      clock: undefined,
      beforeEach: async () => {},
      letAnotherTaskCome: async () => {},
    },
    async () => {
      await close(connection);
      await client.connection.close();
    },
  );
}

/** With what its own `close` leaves behind (findings/closed-native-connection-slows-promises.sh): a file may have many. */
async function close(connection: NativeConnection): Promise<void> {
  await connection.close();
  const storage: unknown = Reflect.get(connection, 'callContextStorage');
  if (storage instanceof AsyncLocalStorage) storage.disable();
}

/** On a time-skipping server of its own: days pass in seconds. */
export async function startTimeSkippingRig(options: RigOptions = {}): Promise<TimeSkippingRig> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const path = fromSetUp('TEST_TEMPORAL_TEST_SERVER');
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await addSearchAttributes(env.connection, 'default');
  const clock = new ServerClock(env);
  await clock.refresh();
  // A client of its own: the environment's skips time whenever it waits for a result.
  const client = new Client({ connection: env.connection });
  const pass = async (duration: string | number) => {
    await env.sleep(duration);
    await clock.refresh();
  };
  const parts = {
    ...options,
    client,
    connection: env.nativeConnection,
    clock,
    beforeEach: () => clock.refresh(),
    letAnotherTaskCome: () => pass('11 seconds'),
  };
  const rig = await assemble(parts, () => env.teardown());
  return {
    ...rig,
    pass,
    async passUntil(step, what, holds) {
      for (let steps = 0; !(await holds()); steps += 1) {
        if (steps === 500) throw new Error(`${what}: not after 500 times ${step}`);
        await pass(step);
      }
    },
    async quiet(request_id) {
      const handle = rig.handle(request_id);
      const isQuiet = async () => underWay(await handle.describe(), await handle.fetchHistory()) === 0;
      // This server loses a workflow task now and then, and makes another one after ten seconds.
      await waitFor(isQuiet, { what: `quiet in ${request_id}` });
    },
    async freeTime() {
      await env.connection.testService?.unlockTimeSkipping({});
    },
  };
}

export interface RigOptions {
  /** How long create-order may take, ms of real time. */
  readonly createTimeoutMs?: number;
  /** Stands before and behind each call of an activity to Lesspay: what it throws, the workflow sees as a worker's death. */
  readonly around?: (request_id: string, when: 'before' | 'after') => void;
  /** The same for each write of an order record: what it throws, the workflow sees as a database that is down. */
  readonly aroundRecord?: (request_id: string, when: 'before' | 'after') => void;
  /** Holds each execution of an activity back until it resolves; what runs then is the real one. */
  readonly beforeActivity?: (info: Info) => Promise<void>;
  /** Stand before each execution of an activity, like the worker's own. */
  readonly activityInterceptors?: readonly ActivityInterceptorsFactory[];
  /** Where the order records are; by default on a PostgreSQL of the tests, or without one in PGlite. */
  readonly records?: Records;
  /** How the reconciliation is set, where not as ever. */
  readonly reconciliation?: Pick<ReconciliationActivitiesDeps, 'pageSize'>;
  /** Where the merchant is notified; its endpoint in the sandbox, `sandbox`, where absent. */
  readonly endpoints?: readonly Endpoint[];
  /** `REQUEST_ID_PREFIX`; none where absent. */
  readonly requestIdPrefix?: readonly string[];
  /** `LESSPAY_MINOR_UNIT_METHODS` of the worker; all that there are where absent. */
  readonly minorUnitMethods?: readonly string[];
  /** Gets each line of the API's log. */
  readonly apiLog?: (line: string) => void;
}

interface Parts extends RigOptions {
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly clock: ServerClock | undefined;
  /** Runs before each activity. */
  readonly beforeEach: () => Promise<void>;
  /** Does what makes a server that has lost a workflow task make another one. */
  readonly letAnotherTaskCome: () => Promise<void>;
}

async function assemble(parts: Parts, disconnect: () => Promise<void>): Promise<PayinRig> {
  const { client, connection, clock } = parts;
  const sandbox = await startSandbox({
    port: 0,
    ...APP,
    merchantSecret: SANDBOX_MERCHANT.secret,
    ...(clock ? { clock } : {}),
  });
  const { apiLog, around = () => undefined } = parts;
  const logger = apiLog ? pino({}, { write: apiLog }) : pino({ level: 'silent' });
  const key = { name: 'test', scope: 'write' as const, sha256: createHash('sha256').update(API_KEY).digest('hex') };
  const settings = {
    HOST: '127.0.0.1',
    PORT: 0,
    API_KEYS: [key],
    LESSPAY_APP_SECRET: [APP.appSecret],
    RATE_LIMIT_PER_KEY: 0,
    RATE_LIMIT_PER_ADDRESS: 0,
    TRUST_PROXY: 0,
    LESSPAY_WEBHOOK_VERSIONS: ['v1' as const, 'v2' as const],
    REQUEST_ID_PREFIX: [...(parts.requestIdPrefix ?? [])],
    LESSPAY_MINOR_UNIT_METHODS: [...MINOR_UNIT_METHODS],
    CARD_SECRET_KEYS: [randomBytes(32)],
    WEBHOOKS_ON_API: 'yes' as const,
    WEBHOOK_ADDRESSES: [],
    MAX_CONNECTIONS: 5_000,
    // The tests keep their own process busy.
    OVERLOAD_DELAY_MS: 0,
  };
  const databaseUrl = parts.records ? undefined : await testDatabaseUrl();
  const records = parts.records ?? recordsOn(await databaseAt(databaseUrl));
  const api = await startApi({ client, records, settings, logger });
  // As the worker's: over its own connection.
  const own = new Client({ connection, namespace: client.options.namespace });
  const lesspay = createLesspayClient({
    baseUrl: sandbox.url,
    appId: APP.appId,
    secret: APP.appSecret,
    ...(parts.createTimeoutMs === undefined ? {} : { createTimeoutMs: parts.createTimeoutMs }),
    ...(clock ? { now: clock.now } : {}),
  });
  const activities = eachAround(
    parts.beforeEach,
    around,
    createLesspayActivities({
      lesspay,
      notifyUrl: `${api.url}/webhooks/lesspay`,
      minorUnitMethods: parts.minorUnitMethods ?? MINOR_UNIT_METHODS,
      keys: settings.CARD_SECRET_KEYS,
      now: clock?.now ?? Date.now,
      runWasReset: () => runWasReset(own),
    }),
  );

  const workflows = payinWorkflows(own);
  const now = clock?.now ?? Date.now;
  const common = { lesspay, records, now, isOurs: (request_id: string) => isOurs(settings, request_id) };
  const reconciliation = createReconciliationActivities({ ...common, workflows, ...parts.reconciliation });
  // The time-skipping server has no lists.
  const payins = clock ? { ...workflows, ofOrder: () => Promise.resolve(undefined) } : workflows;
  const unmatched = createUnmatchedActivities({ ...common, payins });
  const { aroundRecord = () => undefined } = parts;
  const record: Records['record'] = async (write) => {
    aroundRecord(write.payin.request_id, 'before');
    const recorded = await records.record(write);
    aroundRecord(write.payin.request_id, 'after');
    return recorded;
  };

  // The time-skipping server has no list of them.
  const runs = new Map<string, Run>();
  const noteRun: ActivityInterceptorsFactory = ({ info: { workflowExecution: run } }) => {
    if (run) runs.set(run.runId, run);
    return {};
  };

  let worker: { stop: () => void; stopped: Promise<void> } | undefined;
  const startWorker = async (bundlePath = fromSetUp('TEST_WORKFLOW_BUNDLE')) => {
    const merchant = createMerchant({ endpoints: parts.endpoints ?? [sandboxMerchant(sandbox)] });
    const fresh = await Worker.create({
      connection,
      taskQueue: TASK_QUEUE,
      workflowBundle: { codePath: bundlePath },
      maxHeartbeatThrottleInterval: '200ms',
      // So long a task waits for a worker that was stopped, ten seconds by default.
      stickyQueueScheduleToStartTimeout: '2s',
      ...workflowLimits,
      interceptors: {
        activity: [
          noteRun,
          ...(parts.activityInterceptors ?? []),
          refuseRepeatedCalls(),
          holdBack(parts.beforeActivity),
        ],
      },
      activities: {
        ...activities,
        ...createPayinActivities({ client: own, records }),
        ...createPublishingActivities({ client: own, records: { ...records, record }, merchant }),
        ...reconciliation,
        ...unmatched,
        ...createNotificationActivities({ records, merchant }),
      },
    });
    worker = { stopped: fresh.run(), stop: () => fresh.shutdown() };
  };
  const stopWorker = async () => {
    worker?.stop();
    await worker?.stopped;
    worker = undefined;
  };
  await startWorker();

  const ask = async (path: string, init: RequestInit = {}): Promise<Answered> => {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    const answer = await fetch(`${api.url}${path}`, { ...init, headers });
    return { status: answer.status, headers: answer.headers, body: jsonObject.parse(await answer.json()) };
  };
  const handle = (request_id: string) => client.workflow.getHandle<typeof payin>(payinWorkflowId(request_id));
  const ended = async (workflowId: string) => {
    let patienceEnds = performance.now() + LOST_TASK_MS;
    const hasEnded = async () => {
      if ((await client.workflow.getHandle(workflowId).describe()).status.name !== 'RUNNING') return true;
      if (performance.now() < patienceEnds) return false;
      await parts.letAnotherTaskCome();
      patienceEnds = performance.now() + LOST_TASK_MS;
      return false;
    };
    await waitFor(hasEnded, { what: `the end of ${workflowId}` });
  };
  return {
    client,
    sandbox,
    records,
    databaseUrl,
    apiUrl: api.url,
    post: (request) => ask('/payins', { method: 'POST', body: JSON.stringify(request) }),
    get: (request_id) => ask(`/payins/${request_id}`),
    handle,
    async state(request_id) {
      // Each look costs the server some of the time that is waited for.
      let restMs = 10;
      const rest = () => pause((restMs = Math.min(restMs * 1.5, 200)));
      for (;;)
        try {
          // A question that comes with a task has its workflow go on in steps; asked over and over, it gets nowhere.
          while ((await handle(request_id).describe()).raw.pendingWorkflowTask) await rest();
          return await handle(request_id).query(stateQuery);
        } catch (error) {
          if (!(error instanceof Error && PASSES.test(`${error.message} ${String(error.cause)}`))) throw error;
          await rest();
        }
    },
    async result(request_id) {
      await ended(payinWorkflowId(request_id));
      return handle(request_id).result();
    },
    ended,
    startWorker,
    stopWorker,
    async close() {
      await stopWorker();
      await api.close();
      await sandbox.close();
      await records.close();
      try {
        if (clock) await replayRuns(client, runs.values(), (events) => !mixesMessages(events));
      } finally {
        await disconnect();
      }
    },
  };
}

/** PGlite is loaded where it is needed. */
const databaseAt = async (databaseUrl: string | undefined): Promise<Database> =>
  databaseUrl === undefined
    ? jest.requireActual<typeof import('./empty-database')>('./empty-database').emptyEmbedded()
    : postgres(databaseUrl);

/** The time-skipping server loses a workflow task now and then, and makes another one after ten seconds of its own time. */
const LOST_TASK_MS = 15_000;

/** A resumed run says so for the moment that it takes; a server, that it has too many questions for a busy run; a busy worker is late. */
const PASSES = /being loaded|query buffer is full|query timed out/;

/** The merchant's endpoint in a sandbox. */
export const sandboxMerchant = ({ url }: Pick<Sandbox, 'url'>): Endpoint => ({
  name: SANDBOX_MERCHANT.name,
  url: `${url}${SANDBOX_MERCHANT.path}`,
  secrets: [SANDBOX_MERCHANT.secret],
  allowPrivate: true,
});

function eachAround(
  before: () => Promise<void>,
  around: NonNullable<RigOptions['around']>,
  { createOrder, queryOrder }: LesspayActivities,
): LesspayActivities {
  const wrap =
    <Asked extends { readonly request_id: string }, Answer>(call: (asked: Asked) => Promise<Answer>) =>
    async (asked: Asked) => {
      await before();
      around(asked.request_id, 'before');
      const answer = await call(asked);
      around(asked.request_id, 'after');
      return answer;
    };
  return { createOrder: wrap(createOrder), queryOrder: wrap(queryOrder) };
}

const holdBack =
  (before: RigOptions['beforeActivity'] = () => Promise.resolve()): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      async execute(input, next) {
        await before(info);
        return next(input);
      },
    },
  });

quietRuntime();

import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Runtime, Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createLesspayActivities } from '../activities/lesspay';
import { createNotificationActivities } from '../activities/notification';
import { createPayinActivities } from '../activities/payin';
import { createPublishingActivities } from '../activities/publish';
import { createReconciliationActivities } from '../activities/reconciliation';
import { runWasReset } from '../activities/run-was-reset';
import { createUnmatchedActivities } from '../activities/unmatched-order';
import { encrypts } from '../codec/data-converter';
import { createLesspayClient, type LesspayClient } from '../lesspay/client';
import { createMerchant } from '../merchant/merchant';
import type { Records } from '../records/payin-records';
import { isOurs, merchantEndpoints, type WorkerSettings } from '../settings';
import { missingSearchAttributes, TASK_QUEUE } from '../temporal.config';
import { BUNDLE_PATH, ENCRYPTING_BUNDLE_PATH } from './bundle-path';
import { checkLesspay } from './check-lesspay';
import { limitQuickQueries } from './limit-quick-queries';
import { sayWhenOutOfReach } from './lesspay-reach';
import { payinWorkflows } from '../activities/payin-workflows';
import { countCalls } from './metrics/count-calls';
import { countDeliveries } from './metrics/count-deliveries';
import { countWrites } from './metrics/count-writes';
import { createMetrics, type Metrics } from './metrics/metrics';
import { sampleEvery, watchProcess } from './metrics/sample';
import { NO_TRACES, type Traces } from '../traces/traces';
import { messageTraces } from '../traces/trace-messages';
import { refuseRepeatedCalls } from './refuse-repeated-calls';
import { traceActivities } from './traces/trace-activities';
import { traceCalls } from './traces/trace-calls';
import { traceDeliveries } from './traces/trace-deliveries';
import { traceWrites } from './traces/trace-writes';
import { interruptEndsProcess, workflowLimits } from './workflow-limits';

export interface WorkerDeps {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Encrypts what Temporal stores. Absent: nothing is encrypted. */
  readonly dataConverter?: DataConverter | undefined;
  readonly records: Records;
  readonly settings: Omit<WorkerSettings, 'DATABASE_URL'>;
  readonly logger: Logger;
  /** Absent: nothing is traced. */
  readonly traces?: Traces;
  /** The bundle of the workflows; by default one that `npm run build` wrote. */
  readonly bundlePath?: string;
}

export interface RunningWorker {
  /** Resolves when the worker has stopped after `shutdown`; rejects when it failed. */
  readonly finished: Promise<void>;
  /** Takes no new tasks, waits for the running ones (at most `SHUTDOWN_GRACE_MS`), then stops. */
  shutdown(): Promise<void>;
}

const BLOCKING_ENDS_PROCESS =
  'workflow code that blocks for 30 s ends this process; with Node 24 or newer only the task of that run fails (docs/operations.md)';

/**
 * Runs workflows and activities until it is shut down.
 * @throws Error when a search attribute is not registered, or Temporal can't be reached
 */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const missing = await missingSearchAttributes(deps.connection, deps.namespace);
  if (missing.length > 0)
    throw new Error(
      `The namespace ${deps.namespace} lacks the search attributes ${missing.join(', ')}. Register them with: npm run setup`,
    );
  const metrics = createMetrics(
    Runtime.instance().metricMeter,
    deps.settings.NOTIFY_ENDPOINTS.map(({ name }) => name),
  );
  const worker = await Worker.create(workerOptions(deps, metrics));
  const finished = worker.run();
  const stopping = new AbortController();
  void checkLesspay(countCalls(lesspayClient(deps.settings), metrics), deps.logger, stopping.signal);
  const stopSampling = sample(deps, metrics);
  const { version } = worker.options.workerDeploymentOptions ?? {};
  const encrypted = encrypts(deps.dataConverter);
  deps.logger.info({ taskQueue: TASK_QUEUE, namespace: deps.namespace, version, encrypted }, 'worker runs');
  if (interruptEndsProcess) deps.logger.info(`Node ${process.version}: ${BLOCKING_ENDS_PROCESS}`);
  return {
    finished,
    async shutdown() {
      stopping.abort();
      await stopSampling();
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished;
    },
  };
}

/** Only with a page that shows it. @returns stops it */
function sample({ connection, namespace, dataConverter, records, settings, logger }: WorkerDeps, metrics: Metrics) {
  const { WORKER_METRICS_PORT: port, WORKER_METRICS_SAMPLE_S: seconds } = settings;
  if (port === undefined) return () => Promise.resolve();
  const unwatch = watchProcess(PROCESS_SAMPLE_MS, metrics);
  const client = new Client({ connection, namespace, ...(dataConverter ? { dataConverter } : {}) });
  const stop = seconds === 0 ? undefined : sampleEvery(seconds * 1_000, { client, records, metrics, logger });
  return async () => {
    unwatch();
    await stop?.();
  };
}

const PROCESS_SAMPLE_MS = 5_000;

export function workerOptions(
  {
    connection,
    namespace,
    dataConverter,
    records: uncounted,
    settings,
    logger,
    traces = NO_TRACES,
    bundlePath = encrypts(dataConverter) ? ENCRYPTING_BUNDLE_PATH : BUNDLE_PATH,
  }: WorkerDeps,
  metrics: Metrics,
): WorkerOptions {
  const lesspay = sayWhenOutOfReach(traceCalls(countCalls(lesspayClient(settings), metrics), traces), logger);
  const records = traceWrites(countWrites(uncounted, metrics), traces);
  const { QUICK_QUERIES_PER_SECOND: quickQueries } = settings;
  const notifyUrl = `${settings.PUBLIC_URL}/webhooks/lesspay`;
  const converter = dataConverter ? { dataConverter } : {};
  const interceptors = { workflow: messageTraces(traces) };
  const client = new Client({ connection, namespace, interceptors, ...converter });
  const payins = payinWorkflows(client);
  const told = createMerchant({ endpoints: merchantEndpoints(settings), traceparent: () => traces.traceparent() });
  const merchant = traceDeliveries(countDeliveries(told, metrics), traces);
  const begins = (request_id: string) => isOurs(settings, request_id);
  return {
    connection,
    namespace,
    ...converter,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: bundlePath },
    activities: {
      ...createLesspayActivities({
        lesspay,
        notifyUrl,
        minorUnitMethods: settings.LESSPAY_MINOR_UNIT_METHODS,
        keys: settings.CARD_SECRET_KEYS,
        now: Date.now,
        runWasReset: () => runWasReset(client),
      }),
      ...createPayinActivities({ client, records }),
      ...createPublishingActivities({ client, records, merchant }),
      ...createReconciliationActivities({ lesspay, records, workflows: payins, isOurs: begins, now: Date.now }),
      ...createUnmatchedActivities({ lesspay, records, payins, isOurs: begins, now: Date.now }),
      ...createNotificationActivities({ records, merchant }),
    },
    interceptors: {
      activity: [
        ...(traces.on ? [traceActivities(traces)] : []),
        ...(quickQueries === undefined ? [] : [limitQuickQueries(quickQueries)]),
        refuseRepeatedCalls(),
      ],
    },
    // Shows the progress of a long activity within seconds; by default it may be a minute late.
    maxHeartbeatThrottleInterval: '2 seconds',
    // Temporal's default is 0: then every deployment would interrupt a create-order and leave it in doubt.
    shutdownGraceTime: settings.SHUTDOWN_GRACE_MS,
    shutdownForceTime: settings.SHUTDOWN_GRACE_MS + 5_000,
    ...rateOf(settings),
    ...versioning(settings),
    ...workflowLimits,
  };
}

/**
 * Temporal hands out so many activities of the task queue a second, to all workers together: above all create-order. What is
 * first tried as a local activity (a query, a record) does not count: see `limitQuickQueries`. The last worker that started
 * decides.
 */
const rateOf = ({
  ACTIVITIES_PER_SECOND: rate,
}: WorkerDeps['settings']): Pick<WorkerOptions, 'maxTaskQueueActivitiesPerSecond'> =>
  rate === undefined ? {} : { maxTaskQueueActivitiesPerSecond: rate };

/**
 * With a build id, this worker gets no tasks until its build is made the current one. Open pay-ins move to the current build
 * (`AUTO_UPGRADE`), since they may run for weeks (docs/changing-workflows.md).
 */
function versioning({
  TEMPORAL_DEPLOYMENT_NAME: deploymentName,
  TEMPORAL_WORKER_BUILD_ID: buildId,
}: WorkerDeps['settings']): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}

const lesspayClient = (settings: WorkerDeps['settings']): LesspayClient =>
  createLesspayClient({
    baseUrl: settings.LESSPAY_BASE_URL,
    appId: settings.LESSPAY_APP_ID,
    secret: signingSecret(settings),
  });

/** The first secret signs, also while secrets are rotated. */
function signingSecret({ LESSPAY_APP_SECRET: [first] }: WorkerDeps['settings']): string {
  if (first === undefined) throw new Error('LESSPAY_APP_SECRET: is not set');
  return first;
}

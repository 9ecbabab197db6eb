import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startReconciliation } from '../../client/reconcile';
import { TASK_QUEUE } from '../../temporal.config';
import { HoldingProxy } from '../crash/holding-proxy';
import { run, runWorker } from '../e2e/running-program';
import { ownPorts } from '../machinery/own-ports';
import { APP, fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { temporal } from '../machinery/temporal-cli';
import { waitFor } from '../machinery/wait-for';
import { startEndpoint, type EndpointServer } from '../merchant/endpoint-server';
import { alertNames, dashboardExpressions } from './ops-files';
import { startPrometheus, type RunningPrometheus } from './prometheus';

/**
 * `npm run test:alerts`: each alert of `ops/` fires in front of a real Prometheus since its failure is caused, and is silent
 * again when the failure has gone. A minute of the rules is a second here. At the end it prints a table (docs/alerts.md).
 */

const KEYS = { load: 'key-of-the-load', burst: 'key-of-the-burst' };
const RECORDS_FOLDER = mkdtempSync(join(tmpdir(), 'alerts-'));

let rig: PayinRig;
let prometheus: RunningPrometheus;
let endpoint: EndpointServer;
let isEndpointUp = true;
let temporalProxy: HoldingProxy;
let databaseProxy: HoldingProxy;
let startWorker: () => void;
let startApi: () => Promise<void>;
let worker: ChildProcess;
let api: ChildProcess;
let apiUrl: string;
const table: string[] = [];

/** What the load does. */
const load = { starts: true, pays: true };
const over = new AbortController();
let loading: Promise<void> = Promise.resolve();

beforeAll(async () => {
  rig = await startRig();
  await rig.stopWorker();
  endpoint = await startEndpoint((response) => response.writeHead(isEndpointUp ? 204 : 503).end());
  const ports = await ownPorts(5);
  const [temporalPort = 0, databasePort = 0, apiPort = 0, workerPort = 0, prometheusPort = 0] = ports;
  temporalProxy = new HoldingProxy(temporalPort, Number(new URL(`http://${fromSetUp('TEST_TEMPORAL_ADDRESS')}`).port));
  const database = new URL(rig.databaseUrl ?? '');
  databaseProxy = new HoldingProxy(databasePort, Number(database.port));
  await Promise.all([temporalProxy.open(), databaseProxy.open()]);
  database.port = String(databasePort);
  const proxied = { TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`, DATABASE_URL: database.href };
  apiUrl = `http://127.0.0.1:${apiPort}`;
  startWorker = () => {
    worker = runWorker(rig, database.href, {
      ...proxied,
      PUBLIC_URL: apiUrl,
      WORKER_METRICS_PORT: String(workerPort),
      WORKER_METRICS_SAMPLE_S: '1',
      NOTIFY_ENDPOINTS: `shop=${endpoint.url}`,
      NOTIFY_SECRETS: `shop=whsec_${Buffer.alloc(33, 7).toString('base64')}`,
      NOTIFY_PRIVATE: 'shop',
    });
  };
  startApi = async () => {
    const hash = (key: string) => createHash('sha256').update(key).digest('hex');
    api = run('api/main.js', {
      PATH: process.env['PATH'],
      ...proxied,
      TEMPORAL_TASK_QUEUE: TASK_QUEUE,
      HOST: '127.0.0.1',
      PORT: String(apiPort),
      LESSPAY_APP_SECRET: APP.appSecret,
      API_KEYS: Object.entries(KEYS)
        .map(([name, key]) => `${name}:write:${hash(key)}`)
        .join(','),
      RATE_LIMIT_PER_KEY: '1500',
      LOG_LEVEL: 'error',
    });
    await waitFor(
      () =>
        fetch(`${apiUrl}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { what: 'the API' },
    );
  };
  startWorker();
  await startApi();
  prometheus = await startPrometheus(RECORDS_FOLDER, prometheusPort, [
    { job: 'lesspay-worker', port: workerPort },
    { job: 'lesspay-api', port: apiPort, key: KEYS.load },
  ]);
  loading = keepLoading();
}, 120_000);

afterAll(async () => {
  over.abort();
  await loading;
  for (const program of [worker, api])
    if (program.exitCode === null && program.signalCode === null) {
      program.kill('SIGKILL');
      await once(program, 'exit');
    }
  await prometheus.stop();
  temporalProxy.close();
  databaseProxy.close();
  await endpoint.close();
  await rig.close();
  rmSync(RECORDS_FOLDER, { recursive: true, force: true });
  process.stdout.write(
    `\n| alert | caused by | fires after | silent after |\n| --- | --- | --- | --- |\n${table.join('\n')}\n`,
  );
});

/** The proxies whose server is not to be reached. */
const closed: HoldingProxy[] = [];
const cut = (proxy: HoldingProxy) => {
  proxy.close();
  closed.push(proxy);
};
const mend = async () => {
  for (const proxy of closed.splice(0)) await proxy.open();
};

/** What a test that failed has left. */
afterEach(async () => {
  rig.sandbox.faults.clear();
  Object.assign(load, { starts: true, pays: true });
  isEndpointUp = true;
  await mend();
});

async function keepLoading(): Promise<void> {
  while (!over.signal.aborted) {
    if (load.starts) void startAndPay();
    await pause(2_000);
  }
}

/** Orders of the time in which nobody paid. */
const unpaid: string[] = [];

async function startAndPay(request_id = newRequestId()): Promise<string> {
  const answer = await call('POST', '/payins', requestOf(request_id)).catch(() => undefined);
  if (answer === 201 && load.pays) rig.sandbox.orders.act(request_id, 'pay');
  else unpaid.push(request_id);
  return request_id;
}

async function call(method: string, path: string, body?: unknown, key = KEYS.load): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await fetch(`${apiUrl}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  await answer.arrayBuffer();
  return answer.status;
}

const fires = (name: string) =>
  waitFor(async () => (await prometheus.firing()).has(name), { what: `${name} fires`, restMs: 200, takesMs: 180_000 });
const isSilent = (name: string) =>
  waitFor(async () => !(await prometheus.firing()).has(name), {
    what: `${name} is silent`,
    restMs: 200,
    takesMs: 60_000,
  });

/** At once: the whole takes minutes. */
const say = (line: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

interface Failure {
  readonly cause: () => unknown;
  readonly end: () => unknown;
  readonly words: string;
  /** An earlier test has caused it: it may fire already. */
  readonly since?: 'before';
}

/** Causes the failure, sees the alerts fire, ends it, sees them silent. */
async function fired(names: readonly string[], { cause, end, words, since }: Failure): Promise<void> {
  const after = async (start: number, seen: (name: string) => Promise<void>) =>
    Promise.all(
      names.map(async (name) => {
        await seen(name);
        return `${Math.round((performance.now() - start) / 1_000)} s`;
      }),
    );
  say(`${names.join(', ')}: ${words}`);
  if (since === undefined) for (const name of names) await isSilent(name);
  const caused = performance.now();
  await cause();
  const firing = await after(caused, fires);
  say(`  fires after ${firing.join(', ')}`);
  const ended = performance.now();
  await end();
  const silent = await after(ended, isSilent);
  say(`  silent after ${silent.join(', ')}`);
  for (const [index, name] of names.entries())
    table.push(`| \`${name}\` | ${words} | ${firing[index]} | ${silent[index]} |`);
}

async function reconcile(): Promise<void> {
  const now = Date.now();
  const range = { from: new Date(now - 3_600_000).toISOString(), to: new Date(now + 1_000).toISOString() };
  const handle = await startReconciliation(rig.client, { range, by: 'a test', give_up_after_ms: 60_000 });
  await handle?.result();
}

it('ReconciliationLate', async () => {
  await fired(['ReconciliationLate'], { words: 'no reconciliation has run', cause: () => undefined, end: reconcile });
});

it('LesspayDown and StartsFail', async () => {
  await fired(['LesspayDown', 'StartsFail'], {
    words: 'Lesspay answers 503',
    cause() {
      for (const on of ['create', 'query'] as const) rig.sandbox.faults.add({ on, http_status: 503, times: null });
    },
    end: () => rig.sandbox.faults.clear(),
  });
});

it('NothingPaid, then NoWebhooks while polls find the payments', async () => {
  await fired(['NothingPaid'], {
    words: 'no payer pays',
    cause: () => (load.pays = false),
    end() {
      load.pays = true;
      rig.sandbox.faults.add({ on: 'webhook', lose: true, times: null });
      for (const request_id of unpaid.splice(0)) rig.sandbox.orders.act(request_id, 'pay', { force: true });
    },
  });
  await fired(['NoWebhooks'], {
    words: 'no webhook comes, since nobody pays',
    since: 'before',
    cause: () => undefined,
    end: () => rig.sandbox.faults.clear(),
  });
});

it('LesspayCredentialsRefused', async () => {
  const request_id = newRequestId();
  await fired(['LesspayCredentialsRefused'], {
    words: 'Lesspay answers 5004',
    cause() {
      rig.sandbox.faults.add({ on: 'create', request_id, code: 5004, times: null });
      void call('POST', '/payins', requestOf(request_id)).catch(() => undefined);
    },
    async end() {
      rig.sandbox.faults.clear();
      await rig.handle(request_id).signal('wake', { who: 'mia', why: 'secret rotated' });
      await waitFor(async () => (await rig.state(request_id)).status === 'PENDING_PAY', { what: 'the order' });
      rig.sandbox.orders.act(request_id, 'pay');
    },
  });
});

it('WebhooksRefused', async () => {
  await fired(['WebhooksRefused'], {
    words: 'webhooks have a wrong signature',
    cause: () => rig.sandbox.faults.add({ on: 'webhook', wrong_signature: true, times: null }),
    end: () => rig.sandbox.faults.clear(),
  });
});

it('RecordsBehind and ApiFails', async () => {
  const asking = new AbortController();
  await fired(['RecordsBehind', 'ApiFails'], {
    words: "the records' database refuses connections",
    cause() {
      cut(databaseProxy);
      void (async () => {
        for (; !asking.signal.aborted; await pause(300)) await call('GET', '/payins').catch(() => undefined);
      })();
    },
    async end() {
      asking.abort();
      await mend();
    },
  });
});

it('MerchantBehind', async () => {
  load.starts = false;
  await fired(['MerchantBehind'], {
    words: "the merchant's endpoint answers 503",
    async cause() {
      isEndpointUp = false;
      await startAndPay();
    },
    end: () => (isEndpointUp = true),
  });
});

it('CallersRefused', async () => {
  const asking = new AbortController();
  await fired(['CallersRefused'], {
    words: 'one key sends more than its limit',
    cause() {
      void (async () => {
        for (; !asking.signal.aborted; await pause(20))
          await Promise.all(
            Array.from({ length: 20 }, () => call('GET', '/payins/none', undefined, KEYS.burst).catch(() => 0)),
          );
      })();
    },
    end: () => asking.abort(),
  });
});

it('NeedsAttention and DisputeReceived', async () => {
  const request_id = await startAndPay();
  await fired(['NeedsAttention', 'DisputeReceived'], {
    words: 'Lesspay reports a dispute',
    cause: () =>
      fetch(`${rig.sandbox.url}/control/orders/${request_id}/dispute`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ category: 'fraudulent' }),
      }),
    end: () => rig.handle(request_id).executeUpdate('acknowledge', { args: [{ who: 'mia', why: 'answered' }] }),
  });
});

it('RunsPaused and RunsStandStill', async () => {
  load.pays = false;
  const request_id = await startAndPay();
  load.pays = true;
  const workflowId = `payin-${request_id}`;
  const unknown = { taskQueue: TASK_QUEUE, workflowId: `stuck-${request_id}` };
  await fired(['RunsPaused', 'RunsStandStill'], {
    words: 'a person pauses a run; the tasks of another fail, five times in a row',
    async cause() {
      await temporal('workflow', 'pause', '-w', workflowId, '--reason', 'a test');
      await rig.client.workflow.start('noSuchWorkflow', unknown);
    },
    async end() {
      await temporal('workflow', 'unpause', '-w', workflowId, '--reason', 'a test');
      rig.sandbox.orders.act(request_id, 'pay');
      await rig.client.workflow.getHandle(unknown.workflowId).terminate('a test');
    },
  });
}, 400_000);

it('SampleStale', async () => {
  await fired(['SampleStale'], {
    words: 'Temporal refuses connections',
    cause: () => cut(temporalProxy),
    end: mend,
  });
});

it('the dashboard: each expression has data', async () => {
  const empty: string[] = [];
  for (const expr of dashboardExpressions()) if ((await prometheus.series(expr)) === 0) empty.push(expr);
  expect(empty).toEqual([]);
});

it('ReconciliationFound', async () => {
  const request_id = newRequestId();
  await call('POST', '/payins', requestOf(request_id));
  rig.sandbox.orders.act(request_id, 'cancel');
  await rig.result(request_id);
  await fired(['ReconciliationFound'], {
    words: 'Lesspay has an order as FAILED that it had as CANCELED',
    async cause() {
      rig.sandbox.orders.act(request_id, 'decline', { force: true });
      await reconcile();
    },
    async end() {
      rig.sandbox.orders.act(request_id, 'cancel', { force: true });
      await reconcile();
    },
  });
});

it('WorkersGone and WorkerGone', async () => {
  await fired(['WorkersGone', 'WorkerGone'], {
    words: 'the only worker is killed',
    cause: () => worker.kill('SIGKILL'),
    end: () => startWorker(),
  });
});

it('ApiGone', async () => {
  await fired(['ApiGone'], {
    words: 'the API is killed',
    cause: () => api.kill('SIGKILL'),
    end: () => startApi(),
  });
});

it('no alert was left out, and none fires at the end', async () => {
  load.starts = false;
  const shown = table.map((row) => /`(.+?)`/.exec(row)?.[1] ?? '');
  expect(alertNames().filter((name) => !shown.includes(name))).toEqual([]);
  await waitFor(async () => [...(await prometheus.firing())].every((name) => name === 'ReconciliationLate'), {
    what: 'silence',
  });
});

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { TASK_QUEUE } from '../../temporal.config';
import { HoldingProxy } from '../crash/holding-proxy';
import { ownPorts } from '../machinery/own-ports';
import { fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { describeOnPostgres } from '../records/databases';
import { runWorker } from './running-program';

/** The page of a worker in a process of its own, as `npm run start:worker` runs it, behind a proxy before Temporal. */

let rig: PayinRig;
let worker: ChildProcess;
let proxy: HoldingProxy;
let pageUrl: string;
let output = '';

/** The value of a series, by its beginning; undefined where there is none. */
const valueOf = (page: string, series: string): number | undefined => {
  const line = page.split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};
const page = async () => (await fetch(pageUrl)).text();

describeOnPostgres('the metrics of a worker', () => {
  beforeAll(async () => {
    rig = await startRig();
    await rig.stopWorker();
    const [proxyPort = 0, port = 0] = await ownPorts(2);
    const temporal = new URL(`http://${fromSetUp('TEST_TEMPORAL_ADDRESS')}`);
    proxy = new HoldingProxy(proxyPort, Number(temporal.port));
    await proxy.open();
    pageUrl = `http://127.0.0.1:${port}/metrics`;
    const env = {
      TEMPORAL_ADDRESS: `127.0.0.1:${proxyPort}`,
      WORKER_METRICS_PORT: String(port),
      WORKER_METRICS_SAMPLE_S: '1',
      NOTIFY_ENDPOINTS: 'shop=http://127.0.0.1:9',
      NOTIFY_SECRETS: `shop=whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      NOTIFY_PRIVATE: 'shop',
    };
    worker = runWorker(rig, rig.databaseUrl, env, 'pipe');
    for (const stream of [worker.stdout, worker.stderr])
      stream?.on('data', (text: Buffer) => (output += text.toString()));
    await waitFor(() => output.includes('worker runs'), { what: 'the worker' });
  });
  afterAll(async () => {
    if (worker.exitCode === null && worker.signalCode === null) {
      worker.kill('SIGKILL');
      await once(worker, 'exit');
    }
    proxy.close();
    await rig.close();
  });

  it('before anything happened, each counter is there, as 0: `increase()` sees the first failure', async () => {
    const text = await page();
    for (const series of [
      'payin_started_total',
      'payin_transitions_total{learnt="webhook",to="SUCCEED"}',
      'payin_alerts_raised_total{code="credentials"}',
      'payin_record_writes_total{result="failed"}',
      'lesspay_calls_total{endpoint="create",result="timeout"}',
      'notification_attempts_total{endpoint="shop",result="failed"}',
      'reconciliations_total{outcome="complete"}',
      'reconciliation_differences_total{kind="status_contradicts"}',
    ])
      expect({ series, value: valueOf(text, series) }).toEqual({ series, value: 0 });
  });

  it('a pay-in is counted once, with its time and how it was learnt, and in no label is there anything of it', async () => {
    const request_id = newRequestId();
    let answer = await rig.post(requestOf(request_id));
    if (answer.status === 202) answer = await rig.post(requestOf(request_id));
    expect(answer.status).toBeLessThan(300);
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.result(request_id);
    const counted = async () => {
      const text = await page();
      const attempts = valueOf(text, 'notification_attempts_total{endpoint="shop",result="failed"}') ?? 0;
      const waiting = valueOf(text, 'notifications_waiting{older_than="0s"}') ?? 0;
      return attempts > 0 && waiting > 0;
    };
    await waitFor(counted, { what: 'the notification that nobody takes, counted' });
    const text = await page();
    expect({
      started: valueOf(text, 'payin_started_total'),
      created: valueOf(text, 'payin_transitions_total{learnt="creation",to="PENDING_PAY"}'),
      learnt: valueOf(text, 'payin_transitions_total{learnt="webhook",to="SUCCEED"}'),
      timed: valueOf(text, 'payin_time_to_outcome_seconds_count{outcome="SUCCEED"}'),
      orders: valueOf(text, 'lesspay_calls_total{endpoint="create",result="ok"}'),
    }).toEqual({ started: 1, created: 1, learnt: 1, timed: 1, orders: 1 });
    expect(valueOf(text, 'lesspay_call_duration_seconds_count{endpoint="create"}')).toBe(1);
    expect(valueOf(text, 'runs_stuck{why="tasks_fail"}')).toBeDefined();
    expect(valueOf(text, 'sample_timestamp_seconds{source="records"}')).toBeGreaterThan(Date.now() / 1_000 - 60);
    const labels = text.replaceAll(TASK_QUEUE, '').match(/\{.*\}/g) ?? [];
    expect(labels.filter((label) => label.includes(request_id) || /[0-9a-f]{8}-[0-9a-f]{4}-/.test(label))).toEqual([]);
  });

  it('the SDK’s metrics are on the same page, in seconds; its whole workflows are timed for more than a week', async () => {
    const text = await page();
    expect(text).toMatch(/^temporal_request_latency_seconds_bucket\{.*le=/m);
    expect(text).toMatch(
      /^temporal_workflow_endtoend_latency_seconds_bucket\{.*workflow_type="payin",le="691200"\} 1$/m,
    );
    const counters = [...text.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name]) => name);
    expect(counters.length).toBeGreaterThan(10);
    expect(counters.filter((name) => !name?.endsWith('_total'))).toEqual([]);
    expect(text).not.toMatch(/^# TYPE \S*_milliseconds/m);
  });

  it('while Temporal is away, every line is JSON', async () => {
    proxy.close();
    await waitFor(() => /"sdkComponent":"core"/.test(output), { what: 'a line of the native part' });
    const lines = output.split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  });
});

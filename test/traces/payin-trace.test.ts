import type { ChildProcess } from 'node:child_process';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { dataConverter, TASK_QUEUE } from '../../temporal.config';
import { payinTrace } from '../../traces/payin-trace';
import { run, runWorker, stop, urlOf } from '../e2e/running-program';
import { ownPorts } from '../machinery/own-ports';
import { APP, fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { jsonObject } from '../machinery/payin-request';
import { waitFor } from '../machinery/wait-for';
import { type EndpointServer, startEndpoint } from '../merchant/endpoint-server';
import { describeOnPostgres } from '../records/databases';
import { type CollectedSpan, type Collector, startCollector, ways } from './collector';

/** API, receiver and worker as programs of their own, with a collector of traces, or without. */

const TELL_LOADED = `--require ${join(__dirname, 'loaded-modules.js')}`;
const API_KEY = 'dev';
const NOTIFY_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const PAYLOAD_KEY = Buffer.alloc(32, 'k').toString('base64');
const CARD_KEY = Buffer.alloc(32, 'c').toString('base64');
const COLLECTOR_KEY = 'collector-key-4711';
const CALLER = { traceId: 'a1'.repeat(16), spanId: 'b2'.repeat(8) };

let rig: PayinRig;
let shop: EndpointServer;
let lesspay: { readonly url: string; readonly seen: IncomingHttpHeaders[]; readonly server: Server };

describeOnPostgres('traces', () => {
  beforeAll(async () => {
    rig = await startRig();
    await rig.stopWorker();
    shop = await startEndpoint();
    lesspay = await before(rig.sandbox.url);
  });
  afterAll(async () => {
    lesspay.server.closeAllConnections();
    lesspay.server.close();
    await shop.close();
    await rig.close();
  });

  describe('with a collector', () => {
    let collector: Collector;
    let programs: Programs;
    beforeAll(async () => {
      collector = await startCollector();
      programs = await startPrograms({
        OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${COLLECTOR_KEY}`,
        OTEL_BSP_SCHEDULE_DELAY: '100',
        PAYLOAD_KEYS: `k1=${PAYLOAD_KEY}`,
        // At the end of this file its runs are replayed: those, without the key.
        TEMPORAL_TASK_QUEUE: `${TASK_QUEUE}-encrypted`,
      });
    });
    afterAll(async () => {
      await programs.stop();
      await collector.close();
    });

    it('a pay-in is one trace: POST, workflow, activities, Lesspay, the webhook, its signal, the record, the notification', async () => {
      const request_id = newRequestId();
      const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
      expect(await programs.post(requestOf(request_id), { traceparent })).toMatchObject({ status: 201 });
      rig.sandbox.orders.act(request_id, 'pay');
      const spans = await traceOf(collector, request_id);

      const { traceId, spanId } = payinTrace('default', request_id);
      expect(spans.find(({ name }) => name === 'payin')).toMatchObject({
        spanId,
        service: 'lesspay-payins-worker',
        attributes: {
          'payin.request_id': request_id,
          'payin.status': 'SUCCEED',
          'payin.learnt': 'webhook',
          'payin.pay_order_id': rig.sandbox.orders.get(request_id).pay_order_id,
        },
      });
      expect(ways(spans)).toEqual([
        'payin',
        'payin > POST /payins',
        'payin > POST /payins > update checkout',
        'payin > POST /webhooks/lesspay',
        'payin > POST /webhooks/lesspay > signal webhook',
        'payin > createOrder',
        'payin > createOrder > Lesspay create-order',
        'payin > publish',
        'payin > publish > notify',
        'payin > publish > record',
        'payin > queryOrder',
        'payin > queryOrder > Lesspay query-order',
      ]);
      const serviceOf = (of: string) => spans.find(({ name }) => name === of)?.service;
      expect(['POST /payins', 'POST /webhooks/lesspay', 'createOrder'].map(serviceOf)).toEqual([
        'lesspay-payins-api',
        'lesspay-payins-receiver',
        'lesspay-payins-worker',
      ]);
      expect(spans.find(({ name }) => name === 'queryOrder')?.attributes).toMatchObject({ 'temporal.is_local': true });
      expect(spans.find(({ name }) => name === 'createOrder')?.attributes).toMatchObject({
        'temporal.is_local': false,
      });
      // The caller's own trace goes on from here by a link.
      expect(spans.find(({ name }) => name === 'POST /payins')?.links).toEqual([CALLER]);
      const changes = spans.flatMap(({ events }) => events.filter(({ name }) => name === 'transition'));
      expect(changes.map(({ attributes }) => attributes['payin.status'])).toEqual(['PENDING_PAY', 'SUCCEED']);
      // The merchant's endpoint goes on in this trace, and Lesspay is told nothing of it.
      const notified = spans.filter(({ name }) => name === 'notify').map((span) => `00-${traceId}-${span.spanId}-01`);
      const told = shop.received
        .filter(({ text }) => text.includes(request_id))
        .map(({ headers }) => headers['traceparent']);
      expect([told.length, told]).toEqual([2, notified]);
      expect(lesspay.seen.length).toBeGreaterThan(0);
      expect(
        lesspay.seen.filter((headers) => headers['traceparent'] ?? headers['tracestate'] ?? headers['baggage']),
      ).toEqual([]);
      expect(collector.headers['authorization']).toBe(`Bearer ${COLLECTOR_KEY}`);
    });

    it('what comes weeks later joins the same trace: the resumed run, its webhook and its notification', async () => {
      const request_id = newRequestId();
      await programs.post(requestOf(request_id));
      rig.sandbox.orders.act(request_id, 'pay');
      const { length: before } = await traceOf(collector, request_id);
      const keys = dataConverter({ PAYLOAD_KEYS: `k1=${PAYLOAD_KEY}` });
      const client = new Client({ connection: rig.client.connection, dataConverter: keys });
      await client.workflow.getHandle(`payin-${request_id}`).result();
      rig.sandbox.orders.act(request_id, 'refund');
      const isTold = ({ name, attributes }: CollectedSpan) =>
        name === 'notify' && attributes['payin.status'] === 'REFUND';
      const { traceId } = payinTrace('default', request_id);
      const spans = () => collector.spans.filter((span) => span.traceId === traceId);
      await waitFor(() => spans().some(isTold), { what: 'the refund in the trace' });
      expect(ways(spans().slice(before))).toContain('NO SUCH SPAN > loadPayin');
    });

    it('what fails is shown by its code, without any message', async () => {
      const request_id = newRequestId();
      rig.sandbox.faults.add({ on: 'create', request_id, code: 5000, msg: 'the card of Wilhelmina is blocked' });
      expect(await programs.post(requestOf(request_id))).toMatchObject({ status: 422 });
      const spans = await traceOf(collector, request_id);
      const called = spans.find(({ name }) => name === 'Lesspay create-order');
      expect(called).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'refused' } });
      expect(called?.status.message).toBeUndefined();
      expect(spans.find(({ name }) => name === 'createOrder')?.attributes).toMatchObject({
        'error.type': 'LesspayRefused',
      });
      expect(spans.find(({ name }) => name === 'POST /payins')?.attributes).toMatchObject({
        'http.response.status_code': 422,
        'payin.start': 'rejected',
      });
    });

    it('no secret, no datum of a card and nothing of a payer is in any span', async () => {
      const ids = [newRequestId(), newRequestId(), newRequestId()];
      const [session = '', token = '', pix = ''] = ids;
      const said = {
        product_name: 'Zanzibar nutmeg',
        description: 'Sixteen pounds of nutmeg',
        metadata: { customer: 'Wilhelmina Quux' },
        success_url: 'https://shop.example/nutmeg/success',
      };
      const card = { ...said, currency: 'USD' };
      const started = await programs.post({ ...requestOf(session), ...card, method: { type: 'card_session' } });
      const stored = await programs.post({
        ...requestOf(token),
        ...card,
        method: { type: 'card_token', token: 'src_Wilhelmina9' },
      });
      const customer = { name: 'Wilhelmina Quux', email: 'wilhelmina@quux.example', tax_id: '52998224725' };
      const scanned = await programs.post({
        ...requestOf(pix),
        ...said,
        currency: 'BRL',
        method: { type: 'pix_brl', customer },
      });
      expect([started.status, stored.status, scanned.status]).toEqual([201, 201, 201]);
      for (const request_id of [session, pix]) rig.sandbox.orders.act(request_id, 'pay');
      for (const request_id of [session, pix]) await traceOf(collector, request_id);
      const secrets = textsOf([started.body['next_step'], scanned.body['next_step']]).filter((text) => text.length > 7);
      expect(secrets.length).toBeGreaterThan(3);
      const hidden = [
        ...secrets.filter((text) => !['payment_session', 'qr_code'].includes(text)),
        ...textsOf(said),
        ...textsOf(customer),
        'nutmeg',
        'ilhelmina',
        'Quux',
        'src_',
        API_KEY_OF_SHOP,
        APP.appSecret,
        NOTIFY_SECRET,
        PAYLOAD_KEY,
        CARD_KEY,
        COLLECTOR_KEY,
        rig.databaseUrl ?? 'no database',
        'path-secret',
        'query-secret',
        '100.00',
      ];
      const all = collector.texts.join('\n');
      expect(hidden.filter((text) => all.includes(text))).toEqual([]);
      // What is meant to be there is found in the same way.
      expect([session, 'card_session', 'pix_brl', 'SUCCEED'].filter((text) => !all.includes(text))).toEqual([]);
    });
  });

  it('a collector that never answers delays and fails nothing, and the programs end in time', async () => {
    const collector = await startCollector({ silent: true });
    const programs = await startPrograms({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      NODE_OPTIONS: TELL_LOADED,
    });
    const request_id = newRequestId();
    expect(await programs.post(requestOf(request_id))).toMatchObject({ status: 201 });
    rig.sandbox.orders.act(request_id, 'pay');
    const told = () => shop.received.filter(({ text }) => text.includes(request_id));
    await waitFor(() => told().length === 2, { what: 'the outcome' });
    expect(collector.texts.length).toBeGreaterThan(0);
    const from = performance.now();
    await programs.stop();
    expect(performance.now() - from).toBeLessThan(15_000);
    for (const line of programs.log().split('\n').slice(0, -1)) expect(() => JSON.parse(line)).not.toThrow();
    // As below, but with a collector.
    for (const text of programs.errors()) expect(text).toMatch(/^LOADED [1-9]\d*\n$/);
    expect(programs.log()).toMatch(/"spans_lost":\d+.*the collector of traces did not take them/);
    await collector.close();
  });

  it('without a collector, no module of OpenTelemetry is loaded, and the endpoint gets no traceparent', async () => {
    const programs = await startPrograms({ NODE_OPTIONS: TELL_LOADED });
    const request_id = newRequestId();
    expect(await programs.post(requestOf(request_id))).toMatchObject({ status: 201 });
    const told = () => shop.received.find(({ text }) => text.includes(request_id));
    await waitFor(() => told() !== undefined, { what: 'the notification' });
    expect(told()?.headers).not.toHaveProperty('traceparent');
    await programs.stop();
    expect(programs.errors()).toEqual(['LOADED 0\n', 'LOADED 0\n', 'LOADED 0\n']);
  });
});

const API_KEY_OF_SHOP = 'ef260e9aa3c673af240d17a2660480361a8e081d1ffeca2a5ed0e3219fc18567';

interface Programs {
  readonly post: (
    request: object,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; body: Record<string, unknown> }>;
  readonly log: () => string;
  /** What each wrote to stderr. */
  readonly errors: () => string[];
  readonly stop: () => Promise<void>;
}

async function startPrograms(more: NodeJS.ProcessEnv): Promise<Programs> {
  const [receiverPort = 0, apiPort = 0] = await ownPorts(2);
  const env = {
    PATH: process.env['PATH'],
    TEMPORAL_ADDRESS: fromSetUp('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_TASK_QUEUE: TASK_QUEUE,
    DATABASE_URL: rig.databaseUrl,
    LESSPAY_APP_SECRET: APP.appSecret,
    CARD_SECRET_KEYS: CARD_KEY,
    ...more,
  };
  const receiver = run('api/receiver/main.js', { ...env, RECEIVER_PORT: String(receiverPort) }, 'pipe');
  const api = run('api/main.js', { ...env, PORT: String(apiPort), WEBHOOKS_ON_API: 'no' }, 'pipe');
  const worker = runWorker(
    rig,
    rig.databaseUrl,
    {
      ...env,
      LESSPAY_BASE_URL: lesspay.url,
      PUBLIC_URL: `http://127.0.0.1:${receiverPort}`,
      NOTIFY_ENDPOINTS: `shop=${shop.url}`,
      NOTIFY_SECRETS: `shop=${NOTIFY_SECRET}`,
      NOTIFY_PRIVATE: 'shop',
    },
    'pipe',
  );
  const all = [api, receiver, worker];
  const [logs, errors] = [all.map(() => ''), all.map(() => '')];
  for (const [index, { stdout, stderr }] of all.entries()) {
    stdout?.on('data', (text: Buffer) => (logs[index] += text.toString()));
    stderr?.on('data', (text: Buffer) => (errors[index] += text.toString()));
  }
  const url = await urlOf(api);
  await waitFor(() => logs.join('').includes('worker runs') && logs.join('').includes('receiver runs'), {
    what: 'the programs',
  });
  return {
    async post(request, headers = {}) {
      const init = { 'content-type': 'application/json', authorization: `Bearer ${API_KEY}`, ...headers };
      const answer = await fetch(`${url}/payins`, { method: 'POST', headers: init, body: JSON.stringify(request) });
      return { status: answer.status, body: jsonObject.parse(await answer.json()) };
    },
    log: () => logs.join(''),
    errors: () => errors,
    stop: async () => void (await Promise.all(all.map((program: ChildProcess) => stop(program)))),
  };
}

/** The spans of a pay-in's trace, once its root is there and the merchant has been told the outcome. */
async function traceOf(collector: Collector, request_id: string): Promise<CollectedSpan[]> {
  const { traceId } = payinTrace('default', request_id);
  const spans = () => collector.spans.filter((span) => span.traceId === traceId);
  const isWhole = () => {
    const root = spans().find(({ name }) => name === 'payin');
    const status = root?.attributes['payin.status'];
    const [told, answered] = ['notify', 'POST /payins'].map((of) => spans().filter(({ name }) => name === of));
    const isTold = told?.some(({ attributes }) => attributes['payin.status'] === status);
    const ended = new Set(spans().map(({ spanId }) => spanId));
    const isOpen = spans().some(({ parentSpanId }) => parentSpanId && !ended.has(parentSpanId));
    return root !== undefined && isTold === true && answered?.length === 1 && !isOpen;
  };
  await waitFor(isWhole, { what: 'the whole trace' });
  return spans();
}

/** A proxy that notes the headers of each request. */
async function before(target: string) {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
      const passed = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
      void passOn(
        `${target}${request.url}`,
        { method: 'POST', headers: passed, body: Buffer.concat(chunks) },
        response,
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, seen, server };
}

async function passOn(url: string, request: RequestInit, response: ServerResponse): Promise<void> {
  try {
    const answer = await fetch(url, request);
    const type = answer.headers.get('content-type') ?? 'application/json';
    response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
  } catch {
    response.destroy();
  }
}

/** All texts in a value. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

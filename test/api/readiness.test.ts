import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { recordsOn } from '../../records/records-on';
import { TASK_QUEUE, temporalClient } from '../../temporal.config';
import { createDatabase } from '../machinery/empty-database';
import { call, NOWHERE, postWebhook, signed, startTestApi, temporalAddress } from './running-api';

test('without Temporal the API is alive and not ready, and says so soon', async () => {
  const api = await startTestApi(NOWHERE);
  expect(await call(`${api.url}/healthz`)).toMatchObject({ status: 200, json: { status: 'ok' } });
  const answer = await call(`${api.url}/readyz`);
  expect(answer).toMatchObject({ status: 503, json: { code: 'temporal_unavailable' } });
  expect(answer.headers['retry-after']).toBe('5');
  await api.close();
});

test('a Temporal that takes calls and never answers is no Temporal: 503 to probes and webhooks', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const api = await startTestApi(`127.0.0.1:${port}`);
  expect(await call(`${api.url}/readyz`)).toMatchObject({ status: 503, json: { code: 'temporal_unavailable' } });
  const webhook = signed({ request_id: 'order-1', api_version: 'v2' });
  expect(await postWebhook(api, webhook)).toMatchObject({ status: 503, json: { code: 'temporal_unavailable' } });
  await api.close();
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('a Temporal that answers, and says no, is not out of reach: 503 temporal_refused', async () => {
  const client = temporalClient({ namespace: 'no-such', connectionOptions: { address: temporalAddress() } });
  const api = await startTestApi(temporalAddress(), { client });
  const refused = { status: 503, json: { code: 'temporal_refused' } };
  expect(await call(`${api.url}/readyz`)).toMatchObject(refused);
  expect(await postWebhook(api, signed({ request_id: 'order-1', api_version: 'v2' }))).toMatchObject(refused);
  await api.close();
  await client.connection.close();
});

test('with Temporal the API is ready, with workers and the database or without', async () => {
  const ready = {
    status: 'ready',
    temporal: 'up',
    workers: { task_queue: TASK_QUEUE, pollers: expect.any(Number) },
  };
  const down = await startTestApi(temporalAddress());
  expect(await call(`${down.url}/readyz`)).toMatchObject({ status: 200, json: { ...ready, database: 'down' } });
  await down.close();
  const records = recordsOn((await createDatabase()).database);
  await records.ping();
  const up = await startTestApi(temporalAddress(), { records });
  expect(await call(`${up.url}/readyz`)).toMatchObject({ status: 200, json: { ...ready, database: 'up' } });
  await up.close();
  await records.close();
});

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { openRecords } from '../../records/open-records';
import type { Records } from '../../records/payin-records';
import {
  bearer,
  call,
  PAYIN,
  postPayin,
  postWebhook,
  READ_KEY,
  signed,
  startTestApi,
  temporalAddress,
  type TestApi,
} from './running-api';
import { waitFor } from '../machinery/wait-for';
import { runPayin } from './running-payin';

/** A database that takes connections and never answers is the slowest of all. */

let api: TestApi;
let records: Records;
const sockets: Socket[] = [];
const silent = createServer((socket) => sockets.push(socket));
beforeAll(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  records = openRecords({ databaseUrl: `postgres://127.0.0.1:${port}/payins` });
  api = await startTestApi(temporalAddress(), { records });
});
afterAll(async () => {
  await api.close();
  for (const socket of sockets) socket.destroy();
  silent.close();
  await records.close();
});

const get = (path: string) => call(`${api.url}${path}`, { headers: bearer(READ_KEY) });

it('lists and events get 503 and when to try again', async () => {
  const { request_id } = await runPayin(api.client);
  for (const path of ['/payins', `/payins/${request_id}/events`]) {
    const answer = await get(path);
    expect(answer).toMatchObject({ status: 503, json: { code: 'records_unavailable' } });
    expect(answer.headers['retry-after']).toBe('5');
  }
});

it('a pay-in with a stored card gets 503 and when to try again, since only the records have the card', async () => {
  const method = { type: 'card_token', stored_card: `card_${'0'.repeat(32)}` };
  const answer = await postPayin(api, { ...PAYIN, request_id: 'a-stored-card', method });
  expect(answer).toMatchObject({ status: 503, json: { code: 'records_unavailable' } });
  expect(answer.headers['retry-after']).toBe('5');
});

it('a pay-in that nobody knows is a 404 of Temporal', async () => {
  const answer = await get('/payins/nobody-knows-it');
  expect(answer).toMatchObject({ status: 404, json: { code: 'not_found' } });
  const why = () => api.log.find((line) => line.includes('nobody-knows-it') && line.includes("can't be reached"));
  await waitFor(() => why() !== undefined, { what: 'the log to say that no record was to be had' });
});

it('webhooks are taken as ever', async () => {
  const { request_id } = await runPayin(api.client);
  const answer = await postWebhook(api, signed({ request_id, api_version: 'v2' }));
  expect(answer).toMatchObject({ status: 200, text: 'SUCCESS' });
});

it('the API stays ready, and says that the database is down', async () => {
  const answer = await call(`${api.url}/readyz`);
  expect(answer).toMatchObject({ status: 200, json: { status: 'ready', database: 'down' } });
});

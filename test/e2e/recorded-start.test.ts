import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { payinRequest } from '../../client/payin-request';
import { requestDigest } from '../../client/request-digest';
import { openRecords } from '../../records/open-records';
import { firstFacts } from '../../payin/resume';
import type { PayinFacts } from '../../payin/facts';
import { payinView } from '../../payin/view';
import { DEFAULT_POLL_SCHEDULE } from '../../payin/poll-schedule';
import { newRequestId, type PayinRig, requestOf, startRig } from '../machinery/payin-rig';
import { writeOf } from '../records/payin-writes';

/** POST /payins for a pay-in that the order records know, and Temporal has forgotten. */

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const CREATED_AT = Date.parse('2026-01-01T10:00:00Z');
const PAGE = 'https://lesspay.example/checkout/1';

/** Records a pay-in as its workflow would, which never ran here. */
async function recorded(changed: Partial<PayinFacts> = {}, payin: Partial<PayinFacts['payin']> = {}): Promise<string> {
  const request = payinRequest.parse(requestOf(newRequestId()));
  const digest = requestDigest(request);
  const input = { request, digest, poll_schedule: DEFAULT_POLL_SCHEDULE };
  const first = firstFacts(input, CREATED_AT);
  const ended = { status: 'SUCCEED', pay_order_id: 'P1', outcome_at: CREATED_AT + 60_000 } as const;
  const facts: PayinFacts = {
    ...first,
    payin: { ...first.payin, ...ended, ...payin },
    checkout_url: PAGE,
    creation_over: true,
    ...changed,
  };
  const view = payinView(facts, `payin-${request.request_id}`);
  await rig.records.record({ ...writeOf(request.request_id, 3), payin: view, digest, facts });
  return request.request_id;
}

const hasRun = (request_id: string) =>
  rig
    .handle(request_id)
    .describe()
    .then(
      () => true,
      () => false,
    );

it('the same content after its end is answered from the record: nothing starts, nothing is created', async () => {
  const request_id = await recorded();
  const answer = await rig.post({ ...requestOf(request_id), amount: '100.0' });
  expect([answer.status, answer.body]).toEqual([
    200,
    {
      request_id,
      pay_order_id: 'P1',
      status: 'SUCCEED',
      amount: '100.00',
      currency: 'USDT',
      workflow_id: `payin-${request_id}`,
      created_at: '2026-01-01T10:00:00.000Z',
      expires_at: '2026-01-01T10:30:00.000Z',
      outcome_at: '2026-01-01T10:01:00.000Z',
      needs_attention: false,
      alerts: [],
      metadata: {},
    },
  ]);
  expect(answer.headers.get('location')).toBe(`/payins/${request_id}`);
  expect(await hasRun(request_id)).toBe(false);
  expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 0, query_calls: 0 });
});

it('other content is 409, whatever has become of the pay-in, also when it was erased', async () => {
  const erased = await recorded();
  expect(await rig.records.erase(erased)).toBe(true);
  for (const request_id of [await recorded(), await recorded({}, { status: 'PAID' }), erased]) {
    const answer = await rig.post({ ...requestOf(request_id), amount: '100.01' });
    expect([answer.status, answer.body['code']]).toEqual([409, 'other_content']);
    expect(await hasRun(request_id)).toBe(false);
  }
});

it('the same content as an erased one is answered with what is left of it', async () => {
  const request_id = await recorded();
  await rig.records.erase(request_id);
  const { status, body } = await rig.post(requestOf(request_id));
  expect([status, body['status'], body['amount']]).toEqual([200, 'SUCCEED', '100.00']);
  expect(body).not.toHaveProperty('checkout_url');
});

it('one that Lesspay refused is refused again, with the reason', async () => {
  const request_id = await recorded({ refusal: { code: 11, message: 'no such currency' } }, { status: 'REJECTED' });
  const { status, body } = await rig.post(requestOf(request_id));
  expect([status, body['detail'], body['lesspay_code']]).toEqual([422, 'no such currency', 11]);
});

it('one that nobody asked for here belongs to somebody else: nothing is created', async () => {
  const request_id = newRequestId();
  const { digest: _nobody, ...facts } = firstFacts(
    {
      request: payinRequest.parse(requestOf(request_id)),
      digest: 'd',
      poll_schedule: DEFAULT_POLL_SCHEDULE,
    },
    CREATED_AT,
  );
  const ended: PayinFacts = { ...facts, payin: { request_id, status: 'SUCCEED', pay_order_id: 'P2' } };
  const { digest: _none, ...write } = writeOf(request_id, 1);
  await rig.records.record({ ...write, payin: payinView(ended, `payin-${request_id}`), facts: ended });
  const { status, body } = await rig.post(requestOf(request_id));
  expect([status, body['code']]).toEqual([409, 'request_id_taken']);
  expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 0 });
});

it('one with something left to do goes on in a run that creates nothing', async () => {
  const request_id = await recorded({}, { status: 'PAID' });
  await rig.post(requestOf(request_id));
  expect(await hasRun(request_id)).toBe(true);
  expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 0 });
});

it('one that still runs is answered by its run, not by its record', async () => {
  const request_id = newRequestId();
  const { body } = await rig.post(requestOf(request_id));
  const request = payinRequest.parse(requestOf(request_id));
  const digest = requestDigest(request);
  const first = firstFacts(
    { request, digest, poll_schedule: DEFAULT_POLL_SCHEDULE },
    Date.parse(String(body['created_at'])),
  );
  const facts: PayinFacts = { ...first, payin: { ...first.payin, status: 'PENDING_CONFIRM' }, creation_over: true };
  const write = { ...writeOf(request_id, 1_000), payin: payinView(facts, `payin-${request_id}`), digest, facts };
  await rig.records.record(write);
  expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 200, body });
});

describe('with a database that takes connections and never answers', () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  let without: PayinRig;
  beforeAll(async () => {
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    without = await startRig({ records: openRecords({ databaseUrl: `postgres://127.0.0.1:${port}/payins` }) });
  });
  afterAll(async () => {
    await without.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('a pay-in starts all the same', async () => {
    const request_id = newRequestId();
    const answer = await without.post(requestOf(request_id));
    expect([answer.status, answer.body['status']]).toEqual([201, 'PENDING_PAY']);
  });
});

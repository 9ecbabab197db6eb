import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createPublishingActivities } from '../../activities/publish';
import { createMerchant } from '../../merchant/merchant';
import type { NotifiedWrite } from '../../records/payin-record';
import { SANDBOX_MERCHANT } from '../../settings';
import { temporalClient } from '../../temporal.config';
import type { Batch, Published, PublishingActivities } from '../../workflows/payin/activities';
import { notifiedEvent, notifiedPayin } from '../machinery/notified-payin';
import { type EndpointServer, startEndpoint } from './endpoint-server';

/** What a pay-in sends to endpoints itself, and what it leaves to their notification workflows. */

const client = temporalClient({ namespace: 'default', connectionOptions: { address: '127.0.0.1:1' } });
afterAll(() => client.connection.close());

const batch = (...numbers: number[]): Batch => ({
  payin: notifiedPayin('r1'),
  events: numbers.map((number) => notifiedEvent(number)),
  last_event: numbers.at(-1) ?? 0,
  handed_over: [],
});

function shop(servers: Readonly<Record<string, EndpointServer>>) {
  const noted: NotifiedWrite[] = [];
  const endpoints = Object.entries(servers).map(([name, { url }]) => {
    return { name, url, secrets: [SANDBOX_MERCHANT.secret], allowPrivate: true };
  });
  const records = {
    record: () => Promise.resolve({ moved: true }),
    markNotified: async (notified: NotifiedWrite) => void noted.push(notified),
  };
  const merchant = createMerchant({ endpoints });
  const { publish } = createPublishingActivities({ client, records, merchant });
  const run = (what: Batch) =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<
      [{ batch: Batch }],
      Published,
      PublishingActivities['publish']
    >(publish, { batch: what });
  return { publish: run, noted, merchant };
}

const numbers = ({ received }: EndpointServer) =>
  received.map(({ headers }) => Number(String(headers['webhook-id']).split('_')[1]));

it('sends all events in order, and notes it in the order record', async () => {
  const server = await startEndpoint();
  const { publish, noted } = shop({ shop: server });
  expect(await publish(batch(1, 2, 5))).toEqual({ behind: [] });
  expect(numbers(server)).toEqual([1, 2, 5]);
  expect(noted).toMatchObject([{ request_id: 'r1', last_event: 5, handed_over: [] }]);
  await server.close();
});

it('sends nothing after the first event that was not taken, and says what was', async () => {
  const server = await startEndpoint((response, request) => {
    const isSecond = String(request.headers['webhook-id']).includes('_2_');
    response.writeHead(isSecond ? 429 : 204, { 'retry-after': '60' }).end();
  });
  const { publish, noted } = shop({ shop: server });
  const before = Date.now();
  const { behind } = await publish(batch(1, 2, 3));
  expect(behind).toEqual([
    {
      endpoint: 'shop',
      taken: 1,
      tried: { number: 2, failure: expect.stringContaining('answered 429'), not_before: expect.any(Number) },
    },
  ]);
  expect(behind?.[0]?.tried?.not_before).toBeGreaterThanOrEqual(before + 60_000);
  expect(numbers(server)).toEqual([1, 2]);
  expect(noted).toEqual([]);
  await server.close();
});

it('does not call an endpoint whose notification workflow has the events before', async () => {
  const [one, other] = await Promise.all([startEndpoint(), startEndpoint()]);
  const { publish } = shop({ one, other });
  expect(await publish({ ...batch(4), handed_over: ['one'] })).toEqual({ behind: [{ endpoint: 'one', taken: 0 }] });
  expect([numbers(one), numbers(other)]).toEqual([[], [4]]);
  await Promise.all([one.close(), other.close()]);
});

it('calls an endpoint that does not answer no more for a while, so that it delays no other pay-in', async () => {
  const deaf = await startEndpoint(() => undefined);
  const { publish } = shop({ deaf });
  const began = performance.now();
  expect(await publish(batch(1))).toMatchObject({ behind: [{ endpoint: 'deaf', taken: 0 }] });
  // A notification workflow would wait for 10 s.
  expect(performance.now() - began).toBeLessThan(8_000);
  await expectNoCall(deaf, publish, 'deaf');
});

it('calls an endpoint that took its last notification slowly no more for a while', async () => {
  const slow = await startEndpoint((response) => void setTimeout(() => response.writeHead(204).end(), 1_200));
  const { publish, merchant } = shop({ slow });
  // As its notification workflow does.
  await merchant.deliver('slow', { payin: notifiedPayin('r1'), event: notifiedEvent(1) });
  await expectNoCall(slow, publish, 'slow');
});

async function expectNoCall(
  server: EndpointServer,
  publish: (what: Batch) => Promise<Published>,
  endpoint: string,
): Promise<void> {
  const calls = server.received.length;
  for (let payin = 0; payin < 5; payin += 1)
    expect(await publish(batch(2))).toMatchObject({
      behind: [{ endpoint, taken: 0, tried: { number: 2, failure: expect.stringContaining('not sent yet') } }],
    });
  expect(server.received).toHaveLength(calls);
  await server.close();
}

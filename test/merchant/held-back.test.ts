import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { ApplicationFailure } from '@temporalio/workflow';
import { createNotificationActivities } from '../../activities/notification';
import { createMerchant } from '../../merchant/merchant';
import type { Delivered, DeliverRequest } from '../../workflows/notification/activities';
import { SANDBOX_MERCHANT } from '../../settings';
import { notifiedEvent, notifiedPayin } from '../machinery/notified-payin';
import { startEndpoint } from './endpoint-server';

const MINUTE = 60_000;

const unasked = () => Promise.reject(new Error('no delivery asks the order records'));
const records = { find: unasked, events: unasked };

/** Thousands may wait for an endpoint that hangs: they must not all come back every ten seconds for three days. */
it.each([
  [1, 2_500, 5_000],
  [4, 20_000, 40_000],
  [20, 30 * MINUTE, 60 * MINUTE],
])('what is held back comes back ever more seldom, and apart: attempt %d', async (attempt, least, most) => {
  const hanging = await startEndpoint(() => undefined);
  const endpoint = { name: 'hung', url: hanging.url, secrets: [SANDBOX_MERCHANT.secret], allowPrivate: true };
  const { deliver } = createNotificationActivities({
    records,
    merchant: createMerchant({ endpoints: [endpoint], timeoutMs: 1_000 }),
  });
  const request = { endpoint: 'hung', notification: { payin: notifiedPayin('r1'), event: notifiedEvent(1) } };
  const delays = await Promise.all(
    Array.from({ length: 30 }, async () => {
      try {
        await new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') }).run<
          [DeliverRequest],
          Delivered,
          typeof deliver
        >(deliver, request);
      } catch (error) {
        if (error instanceof ApplicationFailure && error.type === 'EndpointHeldBack')
          return Number(error.nextRetryDelay);
      }
      return undefined;
    }),
  );
  const heldBack = delays.filter((delay) => delay !== undefined);
  await hanging.close();
  expect(heldBack).toHaveLength(10);
  expect(Math.min(...heldBack)).toBeGreaterThanOrEqual(least);
  expect(Math.max(...heldBack)).toBeLessThanOrEqual(most);
  expect(new Set(heldBack).size).toBeGreaterThan(5);
});

it('is not called before the time it asked for, by whichever worker', async () => {
  const server = await startEndpoint();
  const endpoint = { name: 'shop', url: server.url, secrets: [SANDBOX_MERCHANT.secret], allowPrivate: true };
  const { deliver } = createNotificationActivities({
    records,
    merchant: createMerchant({ endpoints: [endpoint] }),
    now: () => 1_000,
  });
  const notification = { payin: notifiedPayin('r1'), event: notifiedEvent(1) };
  const call = (not_before: number) =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<
      [DeliverRequest],
      Delivered,
      typeof deliver
    >(deliver, { endpoint: 'shop', notification, not_before });
  try {
    const failure: unknown = await call(1_000 + 10 * MINUTE).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'EndpointHeldBack', nonRetryable: false });
    const delay = failure instanceof ApplicationFailure ? Number(failure.nextRetryDelay) : 0;
    expect(delay).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(delay).toBeLessThanOrEqual(11 * MINUTE);
    expect(server.received).toEqual([]);
    expect(await call(1_000)).toMatchObject({ http_status: 204 });
  } finally {
    await server.close();
  }
});

import { createLesspayClient } from '../../lesspay/client';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { sayWhenOutOfReach } from '../../worker/lesspay-reach';
import { APP } from '../machinery/payin-request';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, ...APP });
});
afterAll(() => sandbox.close());

it('says once for all pay-ins that Lesspay is out of reach, again each minute, and when it answers again', async () => {
  let now = Date.parse('2026-11-01T03:00:00Z');
  const said: string[] = [];
  const say = (kind: string) => (what: object, message?: string) =>
    said.push(`${kind} ${JSON.stringify(what)} ${message}`);
  const log = { error: say('error'), info: say('info') };
  const client = createLesspayClient({ baseUrl: sandbox.url, appId: APP.appId, secret: APP.appSecret });
  const lesspay = sayWhenOutOfReach(client, log, () => now);
  const ask = () => lesspay.queryOrder({ request_id: '4711', start_time: Date.now() }).catch(() => 'failed');
  const down = { on: 'query', http_status: 503, times: null } as const;

  // One or two lost answers are no outage, and what Lesspay refuses is an answer.
  sandbox.faults.add({ ...down, times: 2 });
  await ask();
  await ask();
  await ask();
  sandbox.faults.add({ on: 'query', code: 5004, times: 4 });
  for (let call = 0; call < 4; call += 1) await ask();
  expect(said).toEqual([]);

  const fault = sandbox.faults.add(down);
  for (let call = 0; call < 50; call += 1) await ask();
  expect(said).toEqual([
    expect.stringMatching(
      /^error .*"2026-11-01T03:00:00.000Z","calls_failed":3,"kind":"unavailable".* Lesspay is down: 3 calls in a row failed/,
    ),
  ]);
  now += 61_000;
  await ask();
  await ask();
  expect(said).toHaveLength(2);
  expect(said[1]).toMatch(/"calls_failed":51/);

  sandbox.faults.remove(fault.id);
  await ask();
  await ask();
  expect(said.slice(2)).toEqual([expect.stringMatching(/^info .*"was_out_of_reach_s":61.* Lesspay answers again$/)]);
});

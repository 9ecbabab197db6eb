import { Webhook } from 'standardwebhooks';
import { closeAll, openRig, type Rig } from './rig';

/** The merchant's own backend, as far as it is notified. */

afterEach(closeAll);

const SECRET = `whsec_${Buffer.alloc(32, 's').toString('base64')}`;
const body = (request_id = '4711') =>
  JSON.stringify({
    type: 'payin.transition',
    timestamp: '2026-01-01T00:00:00.000Z',
    data: { payin: { request_id, status: 'SUCCEED' }, event: { number: 2, kind: 'transition' } },
  });

function notify({ sandbox }: Rig, text = body(), secret = SECRET, id = '4711_2'): Promise<Response> {
  const at = new Date();
  return fetch(`${sandbox.url}/merchant/notifications`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, at, text),
    },
    body: text,
  });
}

it('takes what is signed well, once for each id, and shows it', async () => {
  const rig = await openRig({ merchantSecret: SECRET });
  expect((await notify(rig)).status).toBe(204);
  expect((await notify(rig)).status).toBe(204);
  expect((await notify(rig, body('<b>'), SECRET, 'b_1')).status).toBe(204);
  const seen = { webhook_id: '4711_2', number: 2, type: 'payin.transition', status: 'SUCCEED', verified: true };
  expect(rig.sandbox.merchant.received('4711')).toMatchObject([
    { ...seen, repeated: false, http_status: 204 },
    { ...seen, repeated: true, http_status: 204 },
  ]);
  expect(await (await rig.control('GET', '/notifications?request_id=4711')).json()).toMatchObject([seen, seen]);
  const page = await (await fetch(`${rig.sandbox.url}/merchant`)).text();
  expect(page).toContain('4711_2');
  expect(page).not.toContain('<b>');
  expect(rig.log.filter((line) => line.includes('notified "4711_2"'))).toHaveLength(2);
});

it('refuses what is not', async () => {
  const rig = await openRig({ merchantSecret: SECRET });
  expect((await notify(rig, body(), `whsec_${Buffer.alloc(32, 'x').toString('base64')}`)).status).toBe(401);
  expect((await fetch(`${rig.sandbox.url}/merchant/notifications`, { method: 'POST', body: 'x' })).status).toBe(401);
  expect(rig.sandbox.merchant.received()).toMatchObject([{ verified: false }, { request_id: null, verified: false }]);
});

it('fails on demand, and then keeps nothing', async () => {
  const rig = await openRig({ merchantSecret: SECRET });
  await rig.control('POST', '/faults', { on: 'notification', request_id: '4711', http_status: 503 });
  await rig.control('POST', '/faults', { on: 'notification', redirect: 'http://elsewhere.example/' });
  await rig.control('POST', '/faults', { on: 'notification', drop: true });
  expect((await notify(rig)).status).toBe(503);
  const redirected = await notify(rig);
  expect([redirected.status, redirected.headers.get('location')]).toEqual([302, 'http://elsewhere.example/']);
  await expect(notify(rig)).rejects.toThrow('fetch failed');
  expect((await notify(rig)).status).toBe(204);
  expect(rig.sandbox.merchant.received().map(({ http_status, repeated }) => [http_status, repeated])).toEqual([
    [503, false],
    [302, false],
    [0, false],
    [204, false],
  ]);
});

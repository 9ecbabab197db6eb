import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { closeAll, openRig, type Rig } from './rig';

afterEach(closeAll);

const LAG = 10_000;

const openLagging = async (options: Parameters<typeof openRig>[0] = {}): Promise<Rig> => {
  const rig = await openRig(options);
  rig.sandbox.settings.change({ query_lag_ms: LAG });
  return rig;
};
const seen = async (rig: Rig, query: object = {}) => {
  const { code, page } = await rig.query(query);
  return code === 0 ? page?.list.map(({ order_status }) => order_status) : code;
};

test('an order is not found until the lag is over, by its id nor in a list', async () => {
  const rig = await openLagging();
  await rig.create();
  const list = async () => (await rig.query({ request_id: undefined })).page;
  rig.clock.moveSilently(LAG - 1);
  expect(await seen(rig)).toBe(1202);
  expect(await list()).toMatchObject({ list: [], total: 0 });
  // Only reading lags.
  expect(await rig.create()).toMatchObject({ code: 1201 });
  rig.clock.moveSilently(1);
  expect(await seen(rig)).toEqual(['PENDING_PAY']);
  expect(await list()).toMatchObject({ total: 1 });
});

test('each status shows when it is as old as the lag', async () => {
  const rig = await openLagging();
  rig.sandbox.settings.change({ new_order_status: 'PENDING_CONFIRM' });
  await rig.create();
  for (const action of ['confirm', 'pay', 'refund'] as const) {
    rig.clock.moveSilently(4000);
    rig.sandbox.orders.act('4711', action);
  }
  const paidAt = rig.clock.now() - 4000;
  const row = async () => (await rig.query()).page?.list[0];
  rig.clock.moveSilently(1999);
  expect(await row()).toMatchObject({ order_status: 'PENDING_CONFIRM', order_status_int: 0, complete_time: null });
  rig.clock.moveSilently(1);
  expect(await row()).toMatchObject({ order_status: 'PENDING_PAY', complete_time: null });
  rig.clock.moveSilently(4000);
  expect(await row()).toMatchObject({ order_status: 'SUCCEED', complete_time: paidAt });
  rig.clock.moveSilently(4000);
  expect(await row()).toMatchObject({ order_status: 'REFUND', complete_time: paidAt + 4000 });
});

test('an order that expired shows so when the lag is over', async () => {
  const rig = await openLagging();
  await rig.create({ expired_time: 60 });
  rig.clock.moveSilently(60_000 + LAG - 1);
  expect(await seen(rig)).toEqual(['PENDING_PAY']);
  expect(rig.sandbox.orders.get('4711').status).toBe('CLOSED');
  rig.clock.moveSilently(1);
  expect(await seen(rig)).toEqual(['CLOSED']);
});

test('without a lag, all is seen at once', async () => {
  const rig = await openLagging();
  await rig.create();
  rig.sandbox.orders.act('4711', 'pay');
  rig.sandbox.settings.change({ query_lag_ms: 0 });
  expect(await seen(rig)).toEqual(['SUCCEED']);
});

describe('after a restart', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'lesspay-sandbox-'));
  });
  afterEach(async () => {
    await closeAll();
    rmSync(dataDir, { recursive: true });
  });

  const paid = async (): Promise<Rig> => {
    const rig = await openRig({ dataDir });
    await rig.create();
    rig.clock.moveSilently(4000);
    rig.sandbox.orders.act('4711', 'pay');
    await rig.sandbox.close();
    return rig;
  };

  test('the lag goes on', async () => {
    const { clock, merchant } = await paid();
    const rig = await openLagging({ dataDir, clock, merchant });
    clock.moveSilently(LAG - 4000);
    expect(await seen(rig)).toEqual(['PENDING_PAY']);
  });

  test('an order from before a history was kept shows its latest status', async () => {
    const { clock, merchant } = await paid();
    const [name = ''] = readdirSync(dataDir);
    const file = join(dataDir, name);
    const order = z.looseObject({}).parse(JSON.parse(readFileSync(file, 'utf8')));
    writeFileSync(file, JSON.stringify({ ...order, history: undefined, webhooks: [] }));
    const rig = await openLagging({ dataDir, clock, merchant });
    clock.moveSilently(LAG);
    expect(await seen(rig)).toEqual(['SUCCEED']);
  });
});

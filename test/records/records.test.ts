import type { Orders } from '../../records/payin-records';
import { ordersOn } from '../../records/records-on';
import { DATABASES } from './databases';
import { CREATED_AT, eventOf, newRequestId, viewOf, writeOf } from './payin-writes';

describe.each(DATABASES)('on $name', ({ create }) => {
  let orders: Orders;
  beforeAll(async () => {
    orders = ordersOn(await create());
  });
  afterAll(() => orders.close());

  it('a pay-in is found as it was written', async () => {
    const id = newRequestId();
    const write = writeOf(id, 1, {
      status: 'PAID',
      outcome_at: '2026-03-01T10:05:00.001Z',
      needs_attention: true,
      alerts: [{ code: 'amount_mismatch', message: 'Lesspay says "99.00", ours is 100.00', at: CREATED_AT }],
      metadata: { customer: 'Ada', cart: 7.5, gift: true },
    });
    expect(await orders.record(write)).toEqual({ moved: true });
    const { updated_at, ...found } = (await orders.find(id)) ?? {};
    expect(found).toEqual({ ...write.payin, digest: 'd1', known: write.known, version: 1 });
    expect(Math.abs(Date.parse(String(updated_at)) - Date.now())).toBeLessThan(60_000);
    expect(await orders.findByPayOrderId(`P${id}`)).toEqual(await orders.find(id));
  });

  it('what nobody knows of an order is absent', async () => {
    const id = newRequestId();
    const { pay_order_id: _id, amount: _amount, currency: _currency, checkout_url: _url, ...payin } = viewOf(id);
    const { known } = writeOf(id, 1);
    await orders.record({ payin, known, version: 1, after: 0, events: [] });
    const { updated_at: _now, ...found } = (await orders.find(id)) ?? {};
    expect(found).toEqual({ ...payin, known, version: 1 });
    expect(Object.keys(found)).not.toContain('amount');
  });

  it('a pay-in that nobody wrote is not found', async () => {
    expect(await orders.find('no\0body')).toBeUndefined();
    expect(await orders.findByPayOrderId('nobody')).toBeUndefined();
    expect(await orders.events('nobody', { limit: 10 })).toEqual([]);
  });

  it.each(['100.00', '0.00000001', '999999999999999', '999999999999999.99999999', '1', '0.10'])(
    'the amount %s keeps its digits',
    async (amount) => {
      const id = newRequestId();
      await orders.record(writeOf(id, 1, { amount }));
      expect((await orders.find(id))?.amount).toBe(amount);
    },
  );

  it('a write that is late or repeated moves nothing back, and is told what is there', async () => {
    const id = newRequestId();
    await orders.record(writeOf(id, 1));
    await orders.record({ ...writeOf(id, 3, { status: 'SUCCEED' }), after: 1 });
    const newest = await orders.find(id);
    const ahead = { known: newest?.known, version: 3 };
    expect(await orders.record(writeOf(id, 2, { status: 'PENDING_CONFIRM' }))).toEqual({ moved: false, ahead });
    expect(await orders.record(writeOf(id, 3, { status: 'FAILED' }))).toEqual({ moved: false, ahead });
    expect(await orders.find(id)).toEqual(newest);
    expect((await orders.events(id, { limit: 10 })).map(({ number }) => number)).toEqual([1, 3]);
  });

  it('an event stays as it was first written', async () => {
    const id = newRequestId();
    await orders.record(writeOf(id, 1));
    await orders.record({ ...writeOf(id, 2), events: [eventOf(1, { other: true }), eventOf(2)] });
    expect(await orders.events(id, { limit: 10 })).toEqual([eventOf(1), eventOf(2)]);
  });

  it('events come in pages', async () => {
    const id = newRequestId();
    await orders.record({ ...writeOf(id, 5), events: [1, 2, 3, 4, 5].map((number) => eventOf(number)) });
    expect(await orders.events(id, { limit: 2 })).toEqual([eventOf(1), eventOf(2)]);
    expect(await orders.events(id, { after: 2, limit: 2 })).toEqual([eventOf(3), eventOf(4)]);
    expect(await orders.events(id, { after: 4, limit: 2 })).toEqual([eventOf(5)]);
  });

  it('a write that is refused leaves nothing behind, and its error tells nothing of it', async () => {
    const id = newRequestId();
    const refused = orders.record({ ...writeOf(id, 1), events: [eventOf(1), eventOf(0, { card: '4111' })] });
    await expect(refused).rejects.toMatchObject({ name: 'OrdersRefusedError', sqlstate: '23514' });
    const error: unknown = await refused.catch((error: unknown) => error);
    expect(JSON.stringify(error) + String(error)).not.toMatch(/4111|Ada/);
    expect(await orders.find(id)).toBeUndefined();
    expect(await orders.events(id, { limit: 10 })).toEqual([]);
  });

  it('text that PostgreSQL can not hold does not make a pay-in unwritable', async () => {
    const id = newRequestId();
    const message = 'NUL \0, half a pair \ud83d, a whole one \ud83d\ude00, and "\\u0000" in letters';
    await orders.record({
      ...writeOf(id, 1, { alerts: [{ code: 'unknown_status', message, at: CREATED_AT }], pay_order_id: 'P\0' }),
      events: [eventOf(1, { ['\0']: [message] })],
    });
    const kept = 'NUL \ufffd, half a pair \ufffd, a whole one \ud83d\ude00, and "\\u0000" in letters';
    expect(await orders.find(id)).toMatchObject({ alerts: [{ message: kept }], pay_order_id: 'P\ufffd' });
    expect(await orders.events(id, { limit: 1 })).toEqual([eventOf(1, { '\ufffd': [kept] })]);
  });

  it('answers a ping', async () => {
    await expect(orders.ping()).resolves.toBeUndefined();
  });
});

it.each(DATABASES)('on $name, closing twice does no harm, and nothing answers afterwards', async ({ create }) => {
  const orders = ordersOn(await create());
  await orders.ping();
  await orders.close();
  await orders.close();
  await expect(orders.ping()).rejects.toMatchObject({ name: 'OrdersUnavailableError' });
  await expect(orders.record(writeOf('r1', 1))).rejects.toMatchObject({ code: 'orders_unavailable' });
});

import type { Records } from '../../records/payin-records';
import { recordsOn } from '../../records/records-on';
import { DATABASES } from './databases';
import { CREATED_AT, eventOf, newRequestId, viewOf, writeOf } from './payin-writes';

describe.each(DATABASES)('on $name', ({ create }) => {
  let records: Records;
  beforeAll(async () => {
    records = recordsOn(await create());
  });
  afterAll(() => records.close());

  it('a pay-in is found as it was written', async () => {
    const id = newRequestId();
    const write = writeOf(id, 1, {
      status: 'PAID',
      outcome_at: '2026-03-01T10:05:00.001Z',
      needs_attention: true,
      alerts: [{ code: 'amount_mismatch', message: 'Lesspay says "99.00", ours is 100.00', at: CREATED_AT }],
      metadata: { customer: 'Ada', cart: 7.5, gift: true },
    });
    expect(await records.record(write)).toEqual({ moved: true });
    const { updated_at, ...found } = (await records.find(id)) ?? {};
    expect(found).toEqual({ ...write.payin, digest: 'd1', facts: write.facts, last_event: 1 });
    expect(Math.abs(Date.parse(String(updated_at)) - Date.now())).toBeLessThan(60_000);
    expect(await records.findByPayOrderId(`P${id}`)).toEqual(await records.find(id));
  });

  it('what nobody knows of an order is absent', async () => {
    const id = newRequestId();
    const { pay_order_id: _id, amount: _amount, currency: _currency, checkout_url: _url, ...payin } = viewOf(id);
    const { facts } = writeOf(id, 1);
    await records.record({ payin, facts, last_event: 1, recorded: 0, events: [] });
    const { updated_at: _now, ...found } = (await records.find(id)) ?? {};
    expect(found).toEqual({ ...payin, facts, last_event: 1 });
    expect(Object.keys(found)).not.toContain('amount');
  });

  it('a pay-in that nobody wrote is not found', async () => {
    expect(await records.find('no\0body')).toBeUndefined();
    expect(await records.findByPayOrderId('nobody')).toBeUndefined();
    expect(await records.events('nobody', { limit: 10 })).toEqual([]);
  });

  it.each(['100.00', '0.00000001', '999999999999999', '999999999999999.99999999', '1', '0.10'])(
    'the amount %s keeps its digits',
    async (amount) => {
      const id = newRequestId();
      await records.record(writeOf(id, 1, { amount }));
      expect((await records.find(id))?.amount).toBe(amount);
    },
  );

  it('a write that is late or repeated moves nothing back, and is told what is there', async () => {
    const id = newRequestId();
    await records.record(writeOf(id, 1));
    await records.record({ ...writeOf(id, 3, { status: 'SUCCEED' }), recorded: 1 });
    const newest = await records.find(id);
    const ahead = { facts: newest?.facts, last_event: 3 };
    expect(await records.record(writeOf(id, 2, { status: 'PENDING_CONFIRM' }))).toEqual({ moved: false, ahead });
    expect(await records.record(writeOf(id, 3, { status: 'FAILED' }))).toEqual({ moved: false, ahead });
    expect(await records.find(id)).toEqual(newest);
    expect((await records.events(id, { limit: 10 })).map(({ number }) => number)).toEqual([1, 3]);
  });

  it('that the merchant was notified is noted in the facts, of its last event alone', async () => {
    const id = newRequestId();
    await records.record(writeOf(id, 1));
    const before = await records.find(id);
    const notified = { request_id: id, created_at: CREATED_AT, last_event: 1, handed_over: ['shop'] };
    await records.markNotified({ ...notified, last_event: 2 });
    await records.markNotified({ ...notified, created_at: '2026-03-01T10:00:00.124Z' });
    expect(await records.find(id)).toEqual(before);
    await records.markNotified(notified);
    const facts = { ...before?.facts, notified: 1, handed_over: ['shop'], withheld: [] };
    expect(await records.find(id)).toEqual({ ...before, facts });
  });

  it('an event stays as it was first written', async () => {
    const id = newRequestId();
    await records.record(writeOf(id, 1));
    await records.record({ ...writeOf(id, 2), events: [eventOf(1, { other: true }), eventOf(2)] });
    expect(await records.events(id, { limit: 10 })).toEqual([eventOf(1), eventOf(2)]);
  });

  it('events come in pages', async () => {
    const id = newRequestId();
    await records.record({ ...writeOf(id, 5), events: [1, 2, 3, 4, 5].map((number) => eventOf(number)) });
    expect(await records.events(id, { limit: 2 })).toEqual([eventOf(1), eventOf(2)]);
    expect(await records.events(id, { after: 2, limit: 2 })).toEqual([eventOf(3), eventOf(4)]);
    expect(await records.events(id, { after: 4, limit: 2 })).toEqual([eventOf(5)]);
  });

  it('a write that is refused leaves nothing behind, and its error tells nothing of it', async () => {
    const id = newRequestId();
    const refused = records.record({ ...writeOf(id, 1), events: [eventOf(1), eventOf(0, { card: '4111' })] });
    await expect(refused).rejects.toMatchObject({ name: 'RecordsRefusedError', sqlstate: '23514' });
    const error: unknown = await refused.catch((error: unknown) => error);
    expect(JSON.stringify(error) + String(error)).not.toMatch(/4111|Ada/);
    expect(await records.find(id)).toBeUndefined();
    expect(await records.events(id, { limit: 10 })).toEqual([]);
  });

  it('text that PostgreSQL can not hold does not make a pay-in unwritable', async () => {
    const id = newRequestId();
    const message = 'NUL \0, half a pair \ud83d, a whole one \ud83d\ude00, and "\\u0000" in letters';
    await records.record({
      ...writeOf(id, 1, { alerts: [{ code: 'unknown_status', message, at: CREATED_AT }], pay_order_id: 'P\0' }),
      events: [eventOf(1, { ['\0']: [message] })],
    });
    const kept = 'NUL \ufffd, half a pair \ufffd, a whole one \ud83d\ude00, and "\\u0000" in letters';
    expect(await records.find(id)).toMatchObject({ alerts: [{ message: kept }], pay_order_id: 'P\ufffd' });
    expect(await records.events(id, { limit: 1 })).toEqual([eventOf(1, { '\ufffd': [kept] })]);
  });

  it('answers a ping', async () => {
    await expect(records.ping()).resolves.toBeUndefined();
  });
});

it.each(DATABASES)('on $name, closing twice does no harm, and nothing answers afterwards', async ({ create }) => {
  const records = recordsOn(await create());
  await records.ping();
  await records.close();
  await records.close();
  await expect(records.ping()).rejects.toMatchObject({ name: 'RecordsUnavailableError' });
  await expect(records.record(writeOf('r1', 1))).rejects.toMatchObject({ code: 'records_unavailable' });
});

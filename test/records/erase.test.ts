import { sql } from 'drizzle-orm';
import type { Database } from '../../records/database';
import type { Records } from '../../records/payin-records';
import { recordsOn } from '../../records/records-on';
import { DATABASES, run } from './databases';
import { eventOf, newRequestId, writeOf } from './payin-writes';

describe.each(DATABASES)('on $name', ({ create }) => {
  let database: Database;
  let records: Records;
  beforeAll(async () => {
    database = await create();
    records = recordsOn(database);
    await records.ping();
  });
  afterAll(() => records.close());

  /** Whatever is kept of it anywhere, as text. */
  async function allText(id: string): Promise<string> {
    const texts = await database.queries
      .select({
        text: sql<string>`payins::text || coalesce((select string_agg(e::text, '') from payin_events e where e.request_id = payins.request_id), '')`,
      })
      .from(sql`payins`)
      .where(sql`request_id = ${id}`);
    return texts.map(({ text }) => text).join('');
  }
  const PERSONAL = /Ada|=ada|Grace|Elm Street|checkout\//;
  const personalEvent = (number: number) =>
    eventOf(number, {
      payin: { metadata: { customer: 'Ada' }, checkout_url: 'https://x.example/checkout/1' },
      to: ['PAID'],
    });

  it('erasing removes what may be personal, and keeps the facts about the money', async () => {
    const id = newRequestId();
    const write = { ...writeOf(id, 1, { status: 'SUCCEED' }), events: [personalEvent(1)] };
    await records.record(write);
    expect(await allText(id)).toMatch(PERSONAL);

    expect(await records.erase(id)).toBe(true);
    expect(await allText(id)).not.toMatch(PERSONAL);
    const { checkout_url: _url, metadata: _metadata, ...facts } = write.payin;
    const found = await records.find(id);
    expect(found).toMatchObject({ ...facts, metadata: {}, digest: 'd1', last_event: 1 });
    expect(found).not.toHaveProperty('checkout_url');
    expect(found?.facts.request).toEqual({
      ...write.facts.request,
      product_name: '[erased]',
      description: '[erased]',
      success_url: '[erased]',
      fail_url: '[erased]',
      metadata: {},
    });
    expect(await records.events(id, { limit: 10 })).toEqual([eventOf(1, { payin: { metadata: {} }, to: ['PAID'] })]);
  });

  it('what was erased stays so, whatever its workflow still writes', async () => {
    const id = newRequestId();
    await records.record(writeOf(id, 1));
    await records.erase(id);
    const { erased_at } = (await records.find(id)) ?? {};
    await records.record({ ...writeOf(id, 2, { status: 'SUCCEED' }), events: [personalEvent(2)] });
    expect(await records.find(id)).toMatchObject({ status: 'SUCCEED', last_event: 2, erased_at });
    expect(await allText(id)).not.toMatch(PERSONAL);

    expect(await records.erase(id)).toBe(true);
    expect((await records.find(id))?.erased_at).toBe(erased_at);
  });

  it('nor does a write that comes at the same time bring it back', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = newRequestId();
      await records.record(writeOf(id, 1));
      await Promise.all([records.record({ ...writeOf(id, 2), events: [personalEvent(2)] }), records.erase(id)]);
      expect(await records.find(id)).toMatchObject({ last_event: 2 });
      expect(await allText(id)).not.toMatch(PERSONAL);
    }
  });

  it('only the one is erased', async () => {
    const [id, other] = [newRequestId(), newRequestId()];
    await records.record(writeOf(id, 1));
    await records.record(writeOf(other, 1));
    const before = await records.find(other);
    await records.erase(id);
    expect(await records.find(other)).toEqual(before);
    expect(await records.erase('nobody')).toBe(false);
  });

  it.each([
    ['changed', `update payin_events set data = '{"paid": true}'`],
    ['changed in its other columns', `update payin_events set kind = 'other'`],
    ['deleted', 'delete from payin_events'],
    ['emptied', 'truncate payin_events'],
  ])('events can not be %s, not even by hand', async (_, statement) => {
    const id = newRequestId();
    await records.record(writeOf(id, 1));
    await expect(run(database, statement)).rejects.toMatchObject({
      cause: { message: 'payin_events is append-only' },
    });
    expect(await records.events(id, { limit: 10 })).toEqual([eventOf(1)]);
  });
});

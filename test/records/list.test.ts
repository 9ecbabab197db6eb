import fc from 'fast-check';
import type { Records, PayinFilter } from '../../records/payin-records';
import { recordsOn } from '../../records/records-on';
import type { PayinView } from '../../payin/view';
import { sized } from '../machinery/size';
import { DATABASES, recordMany } from './databases';
import { viewOf, writeOf } from './payin-writes';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-03-01T00:00:00.000Z');
const instant = (hours: number) => new Date(START + hours * HOUR_MS).toISOString();

const STATUSES = ['PENDING_PAY', 'PAID', 'SUCCEED'] as const;
const CURRENCIES = ['USDT', 'EUR'] as const;

/** Few instants, so that many are created at once; outcomes at once, days later and, by a wrong clock, before. */
const PAYINS: readonly PayinView[] = fc
  .sample(
    fc.record({
      status: fc.constantFrom(...STATUSES),
      currency: fc.constantFrom(...CURRENCIES),
      needs_attention: fc.boolean(),
      created: fc.integer({ min: 0, max: 100 }),
      ended: fc.option(fc.constantFrom(-30, -1, 0, 1, 23, 24, 25, 72)),
    }),
    { numRuns: 150, seed: 1 },
  )
  .map(({ created, ended, ...payin }, index) =>
    viewOf(`r${(index * 37) % 150}`, {
      ...payin,
      created_at: instant(created),
      ...(ended === null ? {} : { outcome_at: instant(created + ended) }),
    }),
  );

describe.each(DATABASES)('on $name', ({ create }) => {
  let records: Records;
  beforeAll(async () => {
    const database = await create();
    records = recordsOn(database);
    await records.ping();
    await recordMany(
      database,
      PAYINS.map((payin) => ({ ...writeOf(payin.request_id, 1), payin })),
    );
  });
  afterAll(() => records.close());

  it('pages hold what the filter asks for, all of it, once, the newest first', async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (filter) => {
        expect(await allPages(filter)).toEqual(expected(filter));
      }),
      { numRuns: sized(80, 200) },
    );
  });

  it('the last page has no cursor, also when it is full', async () => {
    expect(await records.list({ limit: 150 })).not.toHaveProperty('next_cursor');
    expect(await records.list({ limit: 149 })).toHaveProperty('next_cursor');
    expect(await records.list({ currency: 'XYZ', limit: 10 })).toEqual({ payins: [] });
  });

  it('a pay-in is shown without what only its next run needs', async () => {
    const { payins } = await records.list({ limit: 1 });
    expect(payins).toEqual([expected({ limit: 1 })[0]]);
  });

  it.each([
    ['nothing', ''],
    ['rubbish', 'rubbish'],
    ['no base64url', '%%%'],
    ['another version', encoded([2, instant(0), 'r1'])],
    ['no instant', encoded([1, 'yesterday', 'r1'])],
    ['an object', encoded({ created_at: instant(0) })],
    ['too much', encoded([1, instant(0), 'r1', 'r2'])],
  ])('a cursor that holds %s is refused', async (_, cursor) => {
    const refused = records.list({ cursor, limit: 10 });
    await expect(refused).rejects.toMatchObject({ name: 'InvalidCursorError', code: 'invalid_cursor' });
  });

  it.each([
    ['the year 0', encoded([1, '0000-01-01T00:00:00Z', 'r1'])],
    ['text that no row can hold', encoded([1, instant(0), '\0\ud83d'])],
  ])('a cursor forged with %s does no harm', async (_, cursor) => {
    await expect(records.list({ cursor, limit: 10 })).resolves.toHaveProperty('payins');
  });

  it('a cursor goes on from its place while rows change and come', async () => {
    const first = await records.list({ limit: 75 });
    const [changed, next] = [first.payins.at(-1), expected({ limit: 1 }).slice(75)];
    if (!changed || !first.next_cursor) throw new Error('no page');
    await records.record({ ...writeOf(changed.request_id, 2), payin: { ...changed, status: 'CLOSED' } });
    await records.record(writeOf('newcomer', 1, { created_at: instant(1_000) }));
    expect(await records.list({ cursor: first.next_cursor, limit: 100 })).toEqual({ payins: next });
  });

  async function allPages(filter: PayinFilter): Promise<PayinView[]> {
    const found: PayinView[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await records.list({ ...filter, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.payins.length).toBeLessThanOrEqual(filter.limit);
      found.push(...page.payins);
      if (page.next_cursor === undefined) return found;
      expect(page.payins).toHaveLength(filter.limit);
      cursor = page.next_cursor;
    }
  }
});

const when = fc.integer({ min: -40, max: 180 }).map(instant);
const filter = fc.record(
  {
    status: fc.constantFrom(...STATUSES),
    currency: fc.constantFrom(...CURRENCIES),
    needs_attention: fc.boolean(),
    created_from: when,
    created_to: when,
    outcome_from: when,
    outcome_to: when,
    limit: fc.integer({ min: 3, max: 60 }),
  },
  { requiredKeys: ['limit'] },
);

/** What a list of all in memory would give. */
function expected(filter: PayinFilter): PayinView[] {
  const { status, currency, needs_attention, created_from, created_to, outcome_from, outcome_to } = filter;
  const within = (at: string | undefined, from: string | undefined, to: string | undefined) =>
    (from === undefined || (at !== undefined && at >= from)) && (to === undefined || (at !== undefined && at < to));
  return PAYINS.filter(
    (payin) =>
      (status === undefined || payin.status === status) &&
      (currency === undefined || payin.currency === currency) &&
      (needs_attention === undefined || payin.needs_attention === needs_attention) &&
      within(payin.created_at, created_from, created_to) &&
      within(payin.outcome_at, outcome_from, outcome_to),
  ).toSorted((a, b) => (`${a.created_at} ${a.request_id}` < `${b.created_at} ${b.request_id}` ? 1 : -1));
}

function encoded(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

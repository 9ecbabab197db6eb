import fc from 'fast-check';
import type { Orders, PayinWrite } from '../../records/payin-records';
import { ordersOn } from '../../records/records-on';
import { sized } from '../machinery/size';
import { DATABASES } from './databases';
import { eventOf, newRequestId, writeOf } from './payin-writes';

const LATER = '2026-09-01T10:00:00.000Z';

/** Two runs of one pay-in may write at once: one that was reset, or thought dead. */
describe.each(DATABASES)('on $name', ({ create }) => {
  let orders: Orders;
  beforeAll(async () => {
    orders = ordersOn(await create());
    await orders.ping();
  });
  afterAll(() => orders.close());

  it('however two writers lose, repeat and mix up their writes, the newest row and each event once is left', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ events, first, second }) => {
        const id = newRequestId();
        const writes = writesOf(id, events);
        const seen: number[][] = [[], []];
        await Promise.all(
          [first, second].map(async (order, writer) => {
            let version = 0;
            for (const index of order) {
              const write = writes[index];
              // Nobody writes what comes after a write before that has arrived.
              if (write && write.after <= version) await orders.record(write);
              version = (await orders.find(id))?.version ?? 0;
              seen[writer]?.push(version);
            }
          }),
        );

        const newest = writes.at(-1);
        const found = await orders.find(id);
        expect(found).toMatchObject({ ...newest?.payin, known: newest?.known, version: newest?.version });
        const all = writes.flatMap((write) => write.events);
        expect(await orders.events(id, { limit: 100 })).toEqual(all);
        // Nor did anybody ever see it go back.
        for (const versions of seen) expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      }),
      { numRuns: sized(25, 60) },
    );
  });

  describe('a writer that does not know what is written already', () => {
    it.each([
      ['was reset to its second event', { version: 3, after: 2 }, {}],
      ['was reset, and went another way for longer', { version: 9, after: 2 }, {}],
      ['was started again where the pay-in was forgotten', { version: 2, after: 0 }, { created_at: LATER }],
      ['took the order for one that nobody knew', { version: 30_000_002, after: 30_000_000 }, { created_at: LATER }],
      ['repeats a write whose answer was lost', { version: 4, after: 3 }, {}],
    ])('%s: moves nothing, adds nothing, and is told what the other knew', async (_why, numbers, changed) => {
      const id = newRequestId();
      const newest = writeOf(id, 4, { status: 'SUCCEED' });
      await orders.record(newest);
      const other = { ...writeOf(id, numbers.version, { status: 'FAILED', ...changed }), ...numbers };
      expect(await orders.record(other)).toEqual({ moved: false, ahead: { known: newest.known, version: 4 } });
      expect(await orders.find(id)).toMatchObject({ status: 'SUCCEED', version: 4 });
      expect((await orders.events(id, { limit: 10 })).map(({ number }) => number)).toEqual([4]);
    });

    it('goes on from there once it has read it', async () => {
      const id = newRequestId();
      await orders.record(writeOf(id, 4));
      const next = { ...writeOf(id, 7, { status: 'SUCCEED' }), after: 4 };
      expect(await orders.record(next)).toEqual({ moved: true });
    });
  });
});

/** How many events each write brings, and the writes that reach the database, by index, in the order of each writer. */
const story = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 6 }).chain((events) => {
  const index = fc.nat({ max: events.length - 1 });
  const all = events.map((_, index) => index);
  const some = fc.array(index, { maxLength: 3 });
  // What was lost on its way is retried until it has arrived: by one writer, before its next one.
  return fc.record({
    events: fc.constant(events),
    first: fc
      .tuple(fc.tuple(...all.map(() => some)), some)
      .map(([each, last]) => [...all.flatMap((index) => [...(each[index] ?? []), index]), ...last]),
    second: fc.array(index, { maxLength: 20 }),
  });
});

function writesOf(id: string, events: readonly number[]): PayinWrite[] {
  const statuses = ['CREATING', 'PENDING_PAY', 'PAID', 'SUCCEED', 'REFUND', 'SUCCEED'] as const;
  let version = 0;
  return events.map((count, index) => {
    const after = version;
    const numbers = Array.from({ length: count }, () => (version += 1));
    const { [index]: status = 'CREATING' } = statuses;
    return {
      ...writeOf(id, version, { status, metadata: { version } }),
      after,
      events: numbers.map((number) => eventOf(number)),
    };
  });
}

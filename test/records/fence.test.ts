import fc from 'fast-check';
import type { Records } from '../../records/payin-records';
import type { PayinWrite } from '../../records/payin-record';
import { recordsOn } from '../../records/records-on';
import { sized } from '../machinery/size';
import { DATABASES } from './databases';
import { eventOf, newRequestId, writeOf } from './payin-writes';

const LATER = '2026-09-01T10:00:00.000Z';

/** Two runs of one pay-in may write at once: one that was reset, or thought dead. */
describe.each(DATABASES)('on $name', ({ create }) => {
  let records: Records;
  beforeAll(async () => {
    records = recordsOn(await create());
    await records.ping();
  });
  afterAll(() => records.close());

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
              if (write && write.recorded <= version) await records.record(write);
              version = (await records.find(id))?.last_event ?? 0;
              seen[writer]?.push(version);
            }
          }),
        );

        const newest = writes.at(-1);
        const found = await records.find(id);
        expect(found).toMatchObject({ ...newest?.payin, facts: newest?.facts, last_event: newest?.last_event });
        const all = writes.flatMap((write) => write.events);
        expect(await records.events(id, { limit: 100 })).toEqual(all);
        // Nor did anybody ever see it go back.
        for (const versions of seen) expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      }),
      { numRuns: sized(25, 60) },
    );
  });

  describe('a writer that does not know what is written already', () => {
    it.each([
      ['was reset to its second event', { last_event: 3, recorded: 2 }, {}],
      ['was reset, and went another way for longer', { last_event: 9, recorded: 2 }, {}],
      ['was started again where the pay-in was forgotten', { last_event: 2, recorded: 0 }, { created_at: LATER }],
      [
        'took the order for one that nobody knew',
        { last_event: 30_000_002, recorded: 30_000_000 },
        { created_at: LATER },
      ],
      ['repeats a write whose answer was lost', { last_event: 4, recorded: 3 }, {}],
    ])('%s: moves nothing, adds nothing, and is told what the other knew', async (_why, numbers, changed) => {
      const id = newRequestId();
      const newest = writeOf(id, 4, { status: 'SUCCEED' });
      await records.record(newest);
      const other = { ...writeOf(id, numbers.last_event, { status: 'FAILED', ...changed }), ...numbers };
      expect(await records.record(other)).toEqual({ moved: false, ahead: { facts: newest.facts, last_event: 4 } });
      expect(await records.find(id)).toMatchObject({ status: 'SUCCEED', last_event: 4 });
      expect((await records.events(id, { limit: 10 })).map(({ number }) => number)).toEqual([4]);
    });

    it('goes on from there once it has read it', async () => {
      const id = newRequestId();
      await records.record(writeOf(id, 4));
      const next = { ...writeOf(id, 7, { status: 'SUCCEED' }), recorded: 4 };
      expect(await records.record(next)).toEqual({ moved: true });
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
  let last_event = 0;
  return events.map((count, index) => {
    const recorded = last_event;
    const numbers = Array.from({ length: count }, () => (last_event += 1));
    const { [index]: status = 'CREATING' } = statuses;
    return {
      ...writeOf(id, last_event, { status, metadata: { last_event } }),
      recorded,
      events: numbers.map((number) => eventOf(number)),
    };
  });
}

import { sql } from 'drizzle-orm';
import type { Database } from '../../records/database';
import { recordsOn } from '../../records/records-on';
import { exportRecords, importRecords, linesOf } from '../../records/transfer';
import { DATABASES, recordMany } from './databases';
import { writeOf } from './payin-writes';

/** To move the records to another database, and back. */

/** As a file gives them: in pieces that end anywhere. */
const from = (lines: readonly string[]) => linesOf(pieces(`${lines.join('\n')}\n`));

async function* pieces(text: string): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += 65_536)
    yield await Promise.resolve(text.slice(start, start + 65_536));
}

async function exported(database: Database): Promise<string[]> {
  const lines: string[] = [];
  await exportRecords(database, (line) => Promise.resolve(void lines.push(line)));
  return lines;
}

const open: Database[] = [];
const create = async (index: number): Promise<Database> => {
  const database = await DATABASES[index % DATABASES.length]?.create();
  if (!database) throw new Error('there is no database');
  open.push(database);
  return database;
};
afterAll(() => Promise.all(open.map((database) => database.close())));

let lines: string[];

it('PGlite to PostgreSQL and back: every row and every digit is the same', async () => {
  const pglite = await create(0);
  const records = recordsOn(pglite);
  await records.ping();
  await recordMany(
    pglite,
    Array.from({ length: 600 }, (_none, index) => writeOf(`r${index}`, 1, { metadata: { note: 'two\u2028lines' } })),
  );
  await pglite.queries.execute(sql`update payins set amount = 123456789012345678.123456789 where request_id = 'r7'`);
  await records.erase('r8');
  const start = { report_id: 'one', from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z', by: 'mia' };
  await records.reconciliations.open({ ...start, started_at: '2026-11-02T00:00:00.000Z' });
  lines = await exported(pglite);

  const postgres = await create(1);
  expect(await importRecords(postgres, from(lines))).toMatchObject({ payins: 600, reconciliations: 1 });
  const moved = recordsOn(postgres);
  expect(await moved.find('r7')).toEqual(await records.find('r7'));
  expect(await moved.events('r7', { limit: 9 })).toEqual(await records.events('r7', { limit: 9 }));
  const again = await exported(postgres);
  expect(again.toSorted()).toEqual(lines.toSorted());
  expect(again.join()).toContain('"amount": 123456789012345678.123456789');
  await expect(importRecords(postgres, from(lines))).rejects.toThrow('already has records (payins)');
});

it.each([
  ['is cut', (all: string[]) => all.slice(0, -1), 'ends too early'],
  ['lacks a row', (all: string[]) => all.toSpliced(-2, 1), 'Rows of reconciliations are missing'],
  ['is something else', () => ['{"a":1}'], 'does not begin as an export'],
  [
    'is of a later release',
    (all: string[]) => [all[0]?.replace('0001-', '9999-') ?? '', ...all.slice(1)],
    'later release',
  ],
  ['has a line of something else', (all: string[]) => all.toSpliced(2, 0, 'what'), 'Line 3 is not of an export'],
  ['goes on after its end', (all: string[]) => [...all, ...all.slice(-1)], 'more after the end'],
])('a file that %s is refused, and nothing of it is kept', async (_what, change, message) => {
  const database = open[2] ?? (await create(0));
  await expect(importRecords(database, from(change(lines)))).rejects.toThrow(message);
  expect(await exported(database)).toHaveLength(2);
});

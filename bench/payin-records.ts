import { sql } from 'drizzle-orm';
import type { Database } from '../records/database';
import { embedded } from '../records/embedded';
import type { Records, PayinFilter } from '../records/payin-records';
import { recordsOn } from '../records/records-on';
import { postgres } from '../records/postgres';
import { startPostgres } from '../test/machinery/postgres';

/**
 * How long a page of order records takes: `npm run bench:records`. Fills a PostgreSQL of its own with 1,000,000 pay-ins
 * of one year, PGlite with 100,000, and prints the median and the worst of each filter's pages, in ms.
 */

const ROUNDS = 20;
const LIMIT = 50;

/** Ever deeper: the first page, and those after some way down. The last is followed until the list ends. */
const FILTERS: Readonly<Record<string, Omit<PayinFilter, 'limit'>>> = {
  'no filter': {},
  'status SUCCEED (70 %)': { status: 'SUCCEED' },
  'status REFUND (1 %)': { status: 'REFUND' },
  'status PAID (0.2 %)': { status: 'PAID' },
  'currency USDT (80 %)': { currency: 'USDT' },
  'currency BTC (1 %)': { currency: 'BTC' },
  needs_attention: { needs_attention: true },
  'not needs_attention': { needs_attention: false },
  'created in one hour': { created_from: '2025-06-10T10:00:00Z', created_to: '2025-06-10T11:00:00Z' },
  'created in one month': { created_from: '2025-03-01T00:00:00Z', created_to: '2025-04-01T00:00:00Z' },
  'outcome in one hour': { outcome_from: '2025-06-10T10:00:00Z', outcome_to: '2025-06-10T11:00:00Z' },
  'outcome in one month': { outcome_from: '2025-03-01T00:00:00Z', outcome_to: '2025-04-01T00:00:00Z' },
  'outcome since half a year': { outcome_from: '2025-07-01T00:00:00Z' },
  'outcome until half a year ago': { outcome_to: '2025-07-01T00:00:00Z' },
  'SUCCEED, USDT': { status: 'SUCCEED', currency: 'USDT' },
  'REFUND, BTC': { status: 'REFUND', currency: 'BTC' },
  'SUCCEED, XYZ (none)': { status: 'SUCCEED', currency: 'XYZ' },
  'SUCCEED, needs_attention': { status: 'SUCCEED', needs_attention: true },
  'PAID, not needs_attention (none)': { status: 'PAID', needs_attention: false },
  'SUCCEED, BTC, needs_attention': { status: 'SUCCEED', currency: 'BTC', needs_attention: true },
  'REFUND, created in one month': {
    status: 'REFUND',
    created_from: '2025-03-01T00:00:00Z',
    created_to: '2025-04-01T00:00:00Z',
  },
  'REFUND, outcome in one month': {
    status: 'REFUND',
    outcome_from: '2025-03-01T00:00:00Z',
    outcome_to: '2025-04-01T00:00:00Z',
  },
  'SUCCEED, BTC, outcome in one month': {
    status: 'SUCCEED',
    currency: 'BTC',
    outcome_from: '2025-03-01T00:00:00Z',
    outcome_to: '2025-04-01T00:00:00Z',
  },
  'needs_attention, outcome in one month': {
    needs_attention: true,
    outcome_from: '2025-03-01T00:00:00Z',
    outcome_to: '2025-04-01T00:00:00Z',
  },
  'created in March, outcome in June': {
    created_from: '2025-03-01T00:00:00Z',
    created_to: '2025-04-01T00:00:00Z',
    outcome_from: '2025-06-01T00:00:00Z',
    outcome_to: '2025-07-01T00:00:00Z',
  },
};

async function main(): Promise<void> {
  const server = await startPostgres();
  try {
    await measure(`PostgreSQL ${server.version}`, postgres(server.url), 1_000_000);
  } finally {
    await server.stop();
  }
  await measure('PGlite, in memory', embedded(), 100_000);
}

async function measure(name: string, database: Database, count: number): Promise<void> {
  const records = recordsOn(database);
  await records.ping();
  const began = performance.now();
  await fill(database, count);
  const seconds = (performance.now() - began) / 1_000;
  console.log(`\n${name}: ${count.toLocaleString('en')} pay-ins of one year, made in ${seconds.toFixed(0)} s`);
  const lines = [];
  for (const [filter, wanted] of Object.entries(FILTERS)) {
    lines.push({ filter, ...(await timePages(records, { ...wanted, limit: LIMIT })) });
  }
  console.table(lines);
  await records.close();
}

/** What a merchant's year may look like, the same at every run. */
async function fill(database: Database, count: number): Promise<void> {
  await database.aloneInTransaction(async (queries) => {
    await queries.execute(sql.raw(`select setseed(0.5)`));
    await queries.execute(
      sql.raw(`
        insert into payins (request_id, pay_order_id, amount, currency, status, created_at, expires_at, outcome_at,
          needs_attention, alerts, metadata, checkout_url, workflow_id, digest, facts, last_event)
        select 'r' || id, 'P' || id, (id % 100000) / 100.0, currency, status, created_at, created_at + interval '30 min',
          case
            when status in ('PENDING_PAY', 'PAID') then null
            when status = 'REFUND' then created_at + interval '60 days' * random()
            when late < 0.01 then created_at + interval '7 days' * random()
            else created_at + interval '30 min' * random()
          end,
          status = 'PAID' or flagged < 0.005, '[]', '{"customer": "c-4711", "cart": 17}',
          'https://pay.example/checkout/' || id, 'payin-r' || id, md5(id::text) || md5(id::text),
          jsonb_build_object('digest', md5(id::text), 'text', repeat('x', 600)), 3
        from (
          select id, random() as flagged, random() as late,
            timestamptz '2025-01-01' + interval '365 days' * id / ${count} as created_at,
            case when kind < 0.7 then 'SUCCEED' when kind < 0.71 then 'REFUND' when kind < 0.712 then 'PAID'
              when kind < 0.72 then 'PENDING_PAY' when kind < 0.9 then 'CLOSED' else 'FAILED' end as status,
            case when money < 0.8 then 'USDT' when money < 0.99 then 'EUR' else 'BTC' end as currency
          from (select id, random() as kind, random() as money from generate_series(1, ${count}) as id) as dice
        ) as payins
      `),
    );
  });
  await database.queries.execute(sql`vacuum analyze payins`);
}

async function timePages(records: Records, filter: PayinFilter) {
  const first = await time(records, filter);
  const { cursor, pages } = await farDown(records, filter);
  const deep = cursor === undefined ? undefined : await time(records, { ...filter, cursor });
  return {
    'first page': first.median,
    'deep page': deep?.median ?? '-',
    'at most': deep ? Math.max(first.worst, deep.worst) : first.worst,
    page: pages,
  };
}

async function time(records: Records, filter: PayinFilter): Promise<{ median: number; worst: number }> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await records.list(filter);
    times.push(performance.now() - began);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1));
  return { median: at(0.5), worst: at(1) };
}

/** The cursor of the last page, or of the 200th. */
async function farDown(records: Records, filter: PayinFilter): Promise<{ cursor: string | undefined; pages: number }> {
  let cursor: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const { next_cursor } = await records.list({ ...filter, ...(cursor === undefined ? {} : { cursor }) });
    if (next_cursor === undefined || pages === 200) return { cursor, pages };
    cursor = next_cursor;
  }
}

void main();

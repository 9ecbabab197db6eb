import { boolean, integer, numeric, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { PayinEvent } from '../payin/events';
import type { PayinFacts } from '../payin/facts';
import type { PayinView } from '../payin/view';
import type { PayinStatus } from '../payin/state';
import type { Difference, ReconciliationCounts, ReconciliationOutcome } from './reconciliation-report';
import { instant, json, text } from './columns';

/** The tables as queries see them; `migrations.ts` makes them, and says what keeps them. */

export const payins = pgTable('payins', {
  request_id: text().primaryKey(),
  pay_order_id: text(),
  amount: numeric(),
  currency: text(),
  status: text().$type<PayinStatus>().notNull(),
  created_at: instant().notNull(),
  expires_at: instant().notNull(),
  outcome_at: instant(),
  needs_attention: boolean().notNull(),
  alerts: json().$type<PayinView['alerts']>().notNull(),
  metadata: json().$type<PayinView['metadata']>().notNull(),
  checkout_url: text(),
  workflow_id: text().notNull(),
  digest: text(),
  facts: json().$type<PayinFacts>().notNull(),
  last_event: integer().notNull(),
  updated_at: instant()
    .notNull()
    .default(sql`now()`),
  erased_at: instant(),
  outcome_lag: text()
    .$type<'early' | 'prompt' | 'late'>()
    .generatedAlwaysAs(sql`see migrations.ts`),
});

export const payinEvents = pgTable(
  'payin_events',
  {
    request_id: text().notNull(),
    number: integer().notNull(),
    at: instant().notNull(),
    kind: text().$type<PayinEvent['kind']>().notNull(),
    source: text().$type<PayinEvent['source']>().notNull(),
    data: json().$type<PayinEvent['data']>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.request_id, table.number] })],
);

export const reconciliations = pgTable('reconciliations', {
  report_id: text().primaryKey(),
  started_by: text().notNull(),
  range_from: instant().notNull(),
  range_to: instant().notNull(),
  started_at: instant().notNull(),
  finished_at: instant(),
  outcome: text().$type<ReconciliationOutcome>(),
  notes: json().$type<readonly string[]>().notNull(),
  counts: json().$type<ReconciliationCounts>(),
});

export const reconciliationDifferences = pgTable(
  'reconciliation_differences',
  {
    report_id: text().notNull(),
    order_key: text().notNull(),
    kind: text().$type<Difference['kind']>().notNull(),
    request_id: text(),
    pay_order_id: text(),
    ours: json().$type<Difference['ours']>(),
    theirs: json().$type<Difference['theirs']>(),
    action: text().$type<Difference['action']>().notNull(),
    result: text().$type<Difference['result']>().notNull(),
    last_event: integer(),
  },
  (table) => [primaryKey({ columns: [table.report_id, table.order_key, table.kind] })],
);

export const reconciliationSeen = pgTable(
  'reconciliation_seen',
  {
    report_id: text().notNull(),
    part: integer().notNull(),
    order_key: text().notNull(),
    page: integer().notNull(),
    request_id: text(),
    pay_order_id: text(),
  },
  (table) => [primaryKey({ columns: [table.report_id, table.part, table.order_key] })],
);

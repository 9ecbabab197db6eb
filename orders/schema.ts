import { boolean, integer, numeric, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { PayinEvent } from '../workflows/payin-events';
import type { PayinFacts } from '../workflows/payin-facts';
import type { PayinView } from '../workflows/payin-messages';
import type { PayinStatus } from '../workflows/payin-state';
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
  known: json().$type<PayinFacts>().notNull(),
  version: integer().notNull(),
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

import { getTableColumns, type InferSelectModel } from 'drizzle-orm';
import { offeredCard } from '../payin/stored-card';
import type { PayinView } from '../payin/view';
import type { PayinRecord } from './payin-record';
import { payins } from './schema';

const { outcome_lag: _search, ...columns } = getTableColumns(payins);

/** The columns of a `PayinRecord`. */
export const recordColumns = columns;

const { digest: _digest, facts: _facts, last_event: _last, updated_at: _at, erased_at: _erased, ...view } = columns;

/** The columns of a `PayinView`. */
export const viewColumns = view;

type Row = InferSelectModel<typeof payins>;
type RecordRow = Pick<Row, keyof typeof recordColumns>;
type ViewRow = Pick<Row, keyof typeof viewColumns>;

/** A column that is null becomes an absent member. */
export function viewOf({ pay_order_id, amount, currency, checkout_url, outcome_at, ...row }: ViewRow): PayinView {
  return {
    ...row,
    ...(pay_order_id === null ? {} : { pay_order_id }),
    ...(amount === null ? {} : { amount }),
    ...(currency === null ? {} : { currency }),
    ...(checkout_url === null ? {} : { checkout_url }),
    ...(outcome_at === null ? {} : { outcome_at }),
  };
}

export function recordOf({ facts, last_event, updated_at, erased_at, digest, ...row }: RecordRow): PayinRecord {
  return {
    ...viewOf(row),
    ...offeredCard(facts.stored_card),
    facts,
    last_event,
    updated_at,
    ...(erased_at === null ? {} : { erased_at }),
    ...(digest === null ? {} : { digest }),
  };
}

import type { InferSelectModel } from 'drizzle-orm';
import type { PayinView } from '../payin/view';
import type { PayinRecord } from './payin-record';
import { payins } from './schema';

const { request_id, pay_order_id, amount, currency, status, workflow_id, checkout_url, metadata } = payins;
const { created_at, expires_at, outcome_at, needs_attention, alerts } = payins;

/** What a page shows of a pay-in. */
export const viewColumns = {
  request_id,
  pay_order_id,
  status,
  amount,
  currency,
  checkout_url,
  workflow_id,
  created_at,
  expires_at,
  outcome_at,
  needs_attention,
  alerts,
  metadata,
};

const { digest, facts, last_event, updated_at, erased_at } = payins;

/** And what else is kept of it. */
export const recordColumns = { ...viewColumns, digest, facts, last_event, updated_at, erased_at };

type Row = InferSelectModel<typeof payins>;
type RecordRow = Pick<Row, keyof typeof recordColumns>;
type ViewRow = Pick<Row, keyof typeof viewColumns>;

/** What the database has no value for is absent, as everywhere. */
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
    facts,
    last_event,
    updated_at,
    ...(erased_at === null ? {} : { erased_at }),
    ...(digest === null ? {} : { digest }),
  };
}

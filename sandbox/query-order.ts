import { z } from 'zod';
import { refuse, refuseParameters, succeed, withoutBlanks, type Answer } from './envelope';
import type { QueryFault } from './faults';
import type { SandboxClock } from './clock';
import { orderAt, orderStatus, STATUS_INT, type SandboxOrder } from './order';
import type { OrderBook } from './order-book';
import type { Settings } from './settings';
import { CARD_SESSION, isLocal } from './way';

const WEEK_MS = 7 * 24 * 3_600_000;
/** `order_status_int` for an unknown status. */
const UNKNOWN_STATUS_INT = 99;

/** Epoch ms, as a number or as text of 13 digits. */
const timestamp = z
  .union([z.int().transform(String), z.string()], 'must be 13-digit milliseconds')
  .refine((digits) => /^\d{13}$/.test(digits), 'must be 13-digit milliseconds')
  .transform(Number);

/** The limits of docs/lesspay.md, "query-order". */
const queryRequest = z
  .object({
    request_id: z.string('must be a string').optional(),
    pay_order_id: z.string('must be a string').optional(),
    start_time: timestamp,
    end_time: timestamp.optional(),
    page: z.int('must be a whole number').min(1, 'must be at least 1').default(1),
    page_size: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(1000, 'must be at most 1000')
      .default(20),
  })
  .transform((request) => ({ ...request, end_time: request.end_time ?? request.start_time + WEEK_MS }))
  .superRefine(({ start_time, end_time }, context) => {
    if (end_time < start_time)
      context.addIssue({ code: 'custom', path: ['end_time'], message: 'must not be before start_time' });
    if (end_time - start_time > WEEK_MS)
      context.addIssue({ code: 'custom', path: ['end_time'], message: 'must be at most 7 days after start_time' });
  });

type QueryRequest = z.output<typeof queryRequest>;

export interface QueryOrderDeps {
  readonly book: OrderBook;
  /** Lesspay's clock. */
  readonly clock: SandboxClock;
  readonly settings: Settings;
  readonly checkoutUrl: (pay_order_id: string) => string;
}

/**
 * Lesspay's query-order: the orders created in the time range, oldest first, as a page object.
 * Code 1202 when an order is asked for by its id and does not exist, or was not created in the range.
 * Everything is shown as it was `query_lag_ms` ago.
 */
export function queryOrder(body: object, fault: QueryFault | undefined, deps: QueryOrderDeps): Answer {
  const result = queryRequest.safeParse(withoutBlanks(body));
  if (!result.success) return refuseParameters(result.error);
  const { request_id, pay_order_id, start_time, end_time, page, page_size } = result.data;
  const byId = request_id !== undefined || pay_order_id !== undefined;
  const instant = latestShown(deps);
  const end = Math.min(end_time, instant);
  const ids = byId ? asked(result.data, end, deps.book) : deps.book.idsCreatedWithin(start_time, end);
  const found = fault?.hide ? [] : ids;
  if (byId && found.length === 0) return refuse(1202, 'data not found');
  const rows = found
    .slice((page - 1) * page_size, page * page_size)
    .flatMap((id) => deps.book.find(id) ?? [])
    .map((order) => row(orderAt(order, instant), fault, deps));
  return succeed({ list: rows, total: found.length, page, page_size });
}

/** The time as of which orders are shown. Without a lag infinite, so that orders stay visible when Lesspay's clock is set back. */
function latestShown({ clock, settings }: QueryOrderDeps): number {
  const { query_lag_ms } = settings.get();
  return query_lag_ms === 0 ? Infinity : clock.now() - query_lag_ms;
}

/** When both ids are given, they must be of the same order. */
function asked({ request_id, pay_order_id, start_time }: QueryRequest, end: number, book: OrderBook): string[] {
  const order = request_id === undefined ? book.find(pay_order_id ?? '') : book.findByRequestId(request_id);
  if (!order || (pay_order_id !== undefined && order.pay_order_id !== pay_order_id)) return [];
  return order.created_at >= start_time && order.created_at <= end ? [order.pay_order_id] : [];
}

function row(order: SandboxOrder, fault: QueryFault | undefined, deps: QueryOrderDeps): object {
  const status = fault?.status ?? order.status;
  const known = orderStatus.safeParse(status);
  return {
    request_id: fault?.row_request_id ?? order.request_id,
    pay_order_id: fault?.row_pay_order_id ?? order.pay_order_id,
    order_status: status,
    order_status_int: known.success ? STATUS_INT[known.data] : UNKNOWN_STATUS_INT,
    target_amount: fault?.amount ?? order.target_amount,
    target_currency: fault?.currency ?? order.target_currency,
    product_name: order.product_name,
    description: order.description,
    transaction_type: 'PAY_IN',
    way_type: order.way_type,
    way_code: order.way_code,
    create_time: order.created_at,
    expire_time: order.expires_at,
    complete_time: order.settled_at,
    ...failure(status),
    ...(deps.settings.get().query_shows_checkout_url && !hasNoPage(order)
      ? { checkout_url: deps.checkoutUrl(order.pay_order_id) }
      : {}),
  };
}

const hasNoPage = ({ way_code }: SandboxOrder): boolean => isLocal(way_code) || way_code === CARD_SESSION;

/** The reason of a failed order. The code is the sandbox's own, because Lesspay's codes are not public. */
export const failure = (status: string): { error_code: string | null; error_msg: string | null } =>
  status === 'FAILED'
    ? { error_code: 'DECLINED', error_msg: 'The payment was declined.' }
    : { error_code: null, error_msg: null };

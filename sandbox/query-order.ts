import { z } from 'zod';
import { refuse, refuseParameters, succeed, withoutBlanks, type Answer } from './envelope';
import type { QueryFault } from './faults';
import { orderStatus, STATUS_INT, type SandboxOrder } from './order';
import type { OrderBook } from './order-book';

const WEEK_MS = 7 * 24 * 3_600_000;
/** What a status word nobody knows comes with. */
const UNKNOWN_STATUS_INT = 99;

/** 13 digits, as a number or as text. */
const timestamp = z
  .union([z.int().transform(String), z.string()], 'must be 13-digit milliseconds')
  .refine((digits) => /^\d{13}$/.test(digits), 'must be 13-digit milliseconds')
  .transform(Number);

/** The limits of `lesspay-api.md`, "query-order". */
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

export interface QueryOrderDeps {
  readonly book: OrderBook;
  readonly showsCheckoutUrl: () => boolean;
  readonly checkoutUrl: (pay_order_id: string) => string;
}

/**
 * Lesspay's query-order: the orders created in the window, oldest first, as a page object.
 * An order asked for by its id that is not there, or not created in the window, is 1202.
 */
export function queryOrder(body: object, fault: QueryFault | undefined, deps: QueryOrderDeps): Answer {
  const result = queryRequest.safeParse(withoutBlanks(body));
  if (!result.success) return refuseParameters(result.error);
  const { request_id, pay_order_id, start_time, end_time, page, page_size } = result.data;
  const byId = request_id !== undefined || pay_order_id !== undefined;
  const found = fault?.hide ? [] : byId ? asked(deps.book, request_id, pay_order_id) : deps.book.list().reverse();
  const orders = found.filter(({ created_at }) => created_at >= start_time && created_at <= end_time);
  if (byId && orders.length === 0) return refuse(1202, 'data not found');
  const rows = orders.slice((page - 1) * page_size, page * page_size).map((order) => row(order, fault, deps));
  return succeed({ list: rows, total: orders.length, page, page_size });
}

/** Both ids, where both are given, must name the same order. */
function asked(book: OrderBook, request_id: string | undefined, pay_order_id: string | undefined): SandboxOrder[] {
  const order = request_id === undefined ? book.find(pay_order_id ?? '') : book.findByRequestId(request_id);
  return order && (pay_order_id === undefined || order.pay_order_id === pay_order_id) ? [order] : [];
}

function row(order: SandboxOrder, fault: QueryFault | undefined, deps: QueryOrderDeps): object {
  const status = fault?.status ?? order.status;
  const known = orderStatus.safeParse(status);
  return {
    request_id: order.request_id,
    pay_order_id: order.pay_order_id,
    order_status: status,
    order_status_int: known.success ? STATUS_INT[known.data] : UNKNOWN_STATUS_INT,
    target_amount: fault?.amount ?? order.target_amount,
    target_currency: order.target_currency,
    product_name: order.product_name,
    description: order.description,
    transaction_type: 'PAY_IN',
    way_type: order.way_type,
    create_time: order.created_at,
    expire_time: order.expires_at,
    complete_time: order.settled_at,
    ...failure(status),
    ...(deps.showsCheckoutUrl() ? { checkout_url: deps.checkoutUrl(order.pay_order_id) } : {}),
  };
}

/** Why an order failed; the code is the sandbox's own, Lesspay's are not public. */
export const failure = (status: string): { error_code: string | null; error_msg: string | null } =>
  status === 'FAILED'
    ? { error_code: 'DECLINED', error_msg: 'The payment was declined.' }
    : { error_code: null, error_msg: null };

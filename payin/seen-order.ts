import { sameDecimal } from './decimal';
import type { NextStep } from './next-step';
import type { PayinRequest } from './request';

/** What create-order answers. */
export interface CreatedOrder {
  readonly pay_order_id: string;
  readonly checkout_url?: string;
  /** What the payer must do, if it is not to open a page. */
  readonly next_step?: NextStep;
  /** What Lesspay's answer repeats, in major or in minor units. */
  readonly amount?: string;
  readonly currency?: string;
}

/** What Lesspay says of an order: ids and status, and whatever it echoes of what was sent. */
export interface SeenOrder {
  readonly request_id?: string;
  readonly pay_order_id?: string;
  readonly status: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly checkout_url?: string;
  readonly product_name?: string;
  readonly description?: string;
  readonly success_url?: string;
  readonly fail_url?: string;
}

/**
 * Compares what Lesspay echoes with what was sent: if something differs, the order is not ours (docs/design.md, rule 3).
 * @returns a message that names the first difference; undefined if there is none
 */
export function differsFromSent(request: PayinRequest, order: SeenOrder): string | undefined {
  if (order.amount !== undefined && !sameDecimal(order.amount, request.amount)) return other('amount');
  for (const member of ['request_id', 'currency', 'product_name', 'description', 'success_url', 'fail_url'] as const)
    if (order[member] !== undefined && request[member] !== '[erased]' && order[member] !== request[member])
      return other(member);
  return undefined;
}

const other = (member: string) => `the order at Lesspay under this request_id has another ${member}: it is not ours`;

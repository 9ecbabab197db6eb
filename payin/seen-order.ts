import { sameDecimal } from './decimal';
import type { PayinRequest } from './request';

/** What create-order answers. */
export interface CreatedOrder {
  readonly pay_order_id: string;
  readonly checkout_url?: string;
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

/** Names the first thing Lesspay echoes that is not what was sent: then the order is not ours (docs/design.md, rule 3). */
export function differsFromSent(request: PayinRequest, order: SeenOrder): string | undefined {
  if (order.amount !== undefined && !sameDecimal(order.amount, request.amount)) return other('amount');
  for (const member of ['request_id', 'currency', 'product_name', 'description', 'success_url', 'fail_url'] as const)
    if (order[member] !== undefined && request[member] !== '[erased]' && order[member] !== request[member])
      return other(member);
  return undefined;
}

const other = (member: string) => `the order at Lesspay under this request_id has another ${member}: it is not ours`;

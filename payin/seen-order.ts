import type { SeenOrder } from '../activities/lesspay';
import { sameDecimal } from './decimal';
import type { PayinRequest } from '../workflows/payin/messages';

/** Names the first thing Lesspay echoes that is not what was sent: then the order is not ours (docs/design.md, rule 3). */
export function differsFromSent(request: PayinRequest, order: SeenOrder): string | undefined {
  if (order.amount !== undefined && !sameDecimal(order.amount, request.amount)) return other('amount');
  for (const member of ['request_id', 'currency', 'product_name', 'description', 'success_url', 'fail_url'] as const)
    if (order[member] !== undefined && request[member] !== '[erased]' && order[member] !== request[member])
      return other(member);
  return undefined;
}

const other = (member: string) => `the order at Lesspay under this request_id has another ${member}: it is not ours`;

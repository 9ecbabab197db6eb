import type { z } from 'zod';
import { methodOfCode } from './methods';
import type { createOrderRequest } from './schemas';

type CheckedOrder = z.output<typeof createOrderRequest>;

/** The body of create-order, with the members that are the same for every order. */
export const createOrderBody = (order: CheckedOrder) => ({ ...order, ...spelling(order), transaction_type: 'PAY_IN' });

/** The page on local ways spells two members in its own way. */
const spelling = ({ way_code, expired_time }: Pick<CheckedOrder, 'way_code' | 'expired_time'>) =>
  methodOfCode(way_code)?.local
    ? { api_version: 'v2', ...(expired_time === undefined ? {} : { expired_time: String(expired_time) }) }
    : { api_version: 'V2' };

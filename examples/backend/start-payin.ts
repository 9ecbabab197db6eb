import type { ShopOrder } from './shop-orders';

/**
 * Starts the pay-in of an order, or finds the one that exists: the same order may be started any number of times.
 * @returns the page to send the payer to; undefined while there is none: it is not ready yet, or no longer needed
 * @throws Error that says why there is no pay-in, or why nobody knows whether there is one
 */
export type StartPayin = (order: ShopOrder) => Promise<string | undefined>;

/** What is asked for. It is made of the order alone, since the same `request_id` with other content is refused. */
export const payinRequestOf = ({ id, amount, currency }: ShopOrder) => ({
  request_id: id,
  amount,
  currency,
  product_name: 'Coffee',
  description: `Order ${id}`,
  success_url: `https://shop.example/orders/${id}`,
  fail_url: `https://shop.example/orders/${id}`,
});

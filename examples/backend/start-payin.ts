import type { ShopOrder } from './shop-orders';

/**
 * Starts the pay-in of an order, or finds the existing one. It may be called any number of times for the same order.
 * @returns the URL of the checkout page; undefined where there is none yet, or the pay-in can no longer be paid
 * @throws Error that says why the pay-in was refused, or why it is not known whether it has started
 */
export type StartPayin = (order: ShopOrder) => Promise<string | undefined>;

/** The request of an order's pay-in. It depends only on the order, since the same `request_id` with other content is refused. */
export const payinRequestOf = ({ id, amount, currency }: ShopOrder) => ({
  request_id: id,
  amount,
  currency,
  product_name: 'Coffee',
  description: `Order ${id}`,
  success_url: `https://shop.example/orders/${id}`,
  fail_url: `https://shop.example/orders/${id}`,
});

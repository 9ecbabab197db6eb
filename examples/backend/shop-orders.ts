import { randomBytes } from 'node:crypto';
import type { ReceivedNotification } from '../../notifications/verify-notification';

export interface ShopOrder {
  /** Also the `request_id` of the order's pay-in: 1-20 characters. */
  readonly id: string;
  /** Major units. The shop states the price; the payer's browser never does. */
  readonly amount: string;
  readonly currency: string;
  /** The status of the order's pay-in, from the newest notification; `NEW` before the first one. */
  status: string;
  /** When the newest event that was processed happened, RFC 3339 in UTC, and its number; none before the first one. */
  newest?: { readonly timestamp: string; readonly number: number };
}

/** The shop's orders. They are in memory here; a shop keeps them in its database. */
export class ShopOrders {
  /** The ids of the paid orders that the shop must send to its customers. */
  readonly toShip: string[] = [];
  /** The ids of the orders whose payment a payer disputes, one entry for each dispute. */
  readonly toAnswer: string[] = [];
  /**
   * The card of an order's customer that Lesspay has stored, by the order's id. A shop keeps it in the customer's account, and
   * takes an id from there alone: whoever may start a pay-in may use any of them (`{"type": "card_token", "stored_card": ID}`).
   */
  readonly storedCards = new Map<string, { readonly id: string; readonly last_four?: string | undefined }>();
  private readonly orders = new Map<string, ShopOrder>();
  private readonly taken = new Set<string>();

  add(): ShopOrder {
    const order: ShopOrder = { id: randomBytes(8).toString('hex'), amount: '100.00', currency: 'USDT', status: 'NEW' };
    this.orders.set(order.id, order);
    return order;
  }

  find(id: string): ShopOrder | undefined {
    return this.orders.get(id);
  }

  /**
   * Processes a notification once. In a database, this is one transaction: `insert` its id `on conflict do nothing`,
   * and where a row was inserted, update the order and insert the work that follows from it.
   * @returns false where the shop does not know the order
   */
  take({ id, type, timestamp, data: { payin, event } }: ReceivedNotification): boolean {
    const order = this.orders.get(payin.request_id);
    if (!order) return false;
    if (this.taken.has(id)) return true;
    this.taken.add(id);
    if (type === 'payin.dispute') this.toAnswer.push(order.id);
    if (payin.stored_card) this.storedCards.set(order.id, payin.stored_card);
    // An event that was skipped and is sent later has an older status than the one that the shop knows.
    const { newest } = order;
    const isOlder =
      newest && (timestamp < newest.timestamp || (timestamp === newest.timestamp && event.number < newest.number));
    if (isOlder) return true;
    if (payin.status === 'SUCCEED' && order.status !== 'SUCCEED') this.toShip.push(order.id);
    order.status = payin.status;
    order.newest = { timestamp, number: event.number };
    return true;
  }
}

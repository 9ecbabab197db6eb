import express, { type Response, type Router } from 'express';
import { z } from 'zod';
import { checkoutPage, endedPage } from './checkout-page';
import type { SandboxClock } from './clock';
import { isHttpUrl } from './create-order';
import { SandboxError } from './errors';
import type { SandboxOrder } from './order';
import type { OrderBook } from './order-book';
import { badFormPage, indexPage, returnPages, unknownOrderPage } from './other-pages';
import { sendPage } from './page';
import { wayAction, type WayAction, wayEffect } from './way-panel';

const LATEST = 20;

const payerAction = z.enum(['pay', 'pay-different', 'decline', 'cancel']);

const form = z.object({
  action: z.union([payerAction, wayAction]),
  amount: z.string().trim().optional(),
});

/** The pages: checkout, the list of the latest orders, and the pages to return to. */
export function pageRoutes({ book, clock }: { readonly book: OrderBook; readonly clock: SandboxClock }): Router {
  const router = express.Router();
  router.get('/', (_request, response) => sendPage(response, 200, indexPage(book.list().slice(0, LATEST))));
  router.get('/return/success', (_request, response) => sendPage(response, 200, returnPages.success));
  router.get('/return/fail', (_request, response) => sendPage(response, 200, returnPages.fail));

  router.get('/checkout/:pay_order_id', (request, response) => {
    const order = book.find(request.params.pay_order_id);
    if (!order) return sendPage(response, 404, unknownOrderPage);
    return sendPage(response, 200, endedPage(order) ?? checkoutPage(order, clock.now()));
  });

  router.post('/checkout/:pay_order_id', express.urlencoded({ extended: false, limit: '8kb' }), (request, response) => {
    const order = book.find(request.params.pay_order_id);
    if (!order) return sendPage(response, 404, unknownOrderPage);
    const result = form.safeParse(request.body);
    if (!result.success) return sendPage(response, 400, badFormPage);
    const { action, amount } = result.data;
    const ended = endedPage(order, 'Nothing was done: the order had already ended.');
    if (ended) return sendPage(response, 409, ended);
    const played = wayAction.safeParse(action).data;
    if (played !== undefined) return playWay(response, book, order, played);
    try {
      const after = book.act(order.pay_order_id, payerAction.parse(action), { amount });
      return leave(
        response,
        after,
        action === 'pay' || action === 'pay-different' ? after.success_url : after.fail_url,
      );
    } catch (error) {
      if (!(error instanceof SandboxError && error.code === 'amount_invalid')) throw error;
      const page = checkoutPage(order, clock.now(), { message: error.message, amount: amount ?? '' });
      return sendPage(response, 422, page);
    }
  });
  return router;
}

/** Does what a button of the order's way to pay says. After a declined card the payer stays on the page, and may try again. */
function playWay(response: Response, book: OrderBook, order: SandboxOrder, action: WayAction): void {
  const { pay_order_id } = order;
  const { card, act, report } = wayEffect(action, order);
  if (card) book.noteCard(pay_order_id, card);
  const after = act ? book.act(pay_order_id, ...act) : order;
  if (report) book.report(pay_order_id, report);
  return act ? leave(response, after, after.success_url) : response.redirect(303, pay_order_id);
}

/** Sends the payer back to the merchant. When the URL is not an http(s) one, shows how the order ended. */
function leave(response: Response, order: SandboxOrder, url: string): void {
  if (isHttpUrl(url)) return response.redirect(303, url);
  return sendPage(response, 200, endedPage(order) ?? unknownOrderPage);
}

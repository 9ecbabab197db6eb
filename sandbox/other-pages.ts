import { markup, type Markup } from './markup';
import type { SandboxOrder } from './order';
import type { Page } from './page';
import { chip, mark, type Tone } from './status-mark';

/** The start page: an introduction and the latest orders. */
export const indexPage = (latest: readonly SandboxOrder[]): Page => ({
  title: 'Orders',
  wide: true,
  main: markup`<div class="card">
<div class="part">
<h1 class="title">A simulated Lesspay for development</h1>
<p class="soft">This page shows the orders that your code creates. Open one to pay it, to pay another amount, to decline or cancel it.
To add faults: <code>POST /control/faults</code>. To see all orders: <code>GET /control/orders</code>.
The notifications to your backend: <a href="/merchant">notifications</a>.</p>
</div>
<section aria-labelledby="latest">
<div class="head part"><h2 id="latest">Latest orders</h2>
${latest.length === 0 ? markup`<p>None yet. Start a pay-in, then reload this page.</p>` : null}</div>
${latest.length === 0 ? null : markup`<ul class="orders">${latest.map(orderLine)}</ul>`}
</section>
</div>`,
});

const orderLine = (order: SandboxOrder): Markup => markup`<li><a href="/checkout/${order.pay_order_id}">
<span><strong>${order.target_amount} ${order.target_currency}</strong> · ${order.product_name}
<span class="soft line">${order.request_id} · ${new Date(order.created_at).toISOString().slice(0, 19).replace('T', ' ')} UTC</span></span>
${chip(order.status)}
</a></li>`;

/** Pages for a `success_url` and a `fail_url`, for a first try. */
export const returnPages = {
  success: message('good', 'Payment complete', 'Thank you. You can close this page.'),
  fail: message('bad', 'Payment not completed', 'Nothing was paid. You can close this page.'),
} as const;

export const unknownOrderPage = message('bad', 'No such order', 'Check the link, or start a new payment.');

export const badFormPage = message('bad', 'That form can’t be read', 'Go back and use one of the buttons.');

function message(tone: Tone, title: string, text: string): Page {
  return {
    title,
    main: markup`<article class="card"><div class="part">
${mark(tone)}
<h1 class="title">${title}</h1>
<p class="soft">${text}</p>
</div></article>`,
  };
}

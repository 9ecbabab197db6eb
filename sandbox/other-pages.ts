import { markup, type Markup } from './markup';
import type { SandboxOrder } from './order';
import type { Page } from './page';
import { chip, mark, type Tone } from './status-mark';

/** The front page: what this is, and the latest orders. */
export const indexPage = (latest: readonly SandboxOrder[]): Page => ({
  title: 'Orders',
  wide: true,
  main: markup`<div class="card">
<div class="part">
<h1 class="title">A Lesspay to develop against</h1>
<p class="soft">Orders that your code creates show up here. Open one to pay it, to pay another amount, to decline or cancel it.
Let things go wrong with <code>POST /control/faults</code>; see everything with <code>GET /control/orders</code>.
What your backend is told of its pay-ins: <a href="/merchant">notifications</a>.</p>
</div>
<section aria-labelledby="latest">
<div class="head part"><h2 id="latest">Latest orders</h2>
${latest.length === 0 ? markup`<p>None yet. Start a pay-in, then load this page again.</p>` : null}</div>
${latest.length === 0 ? null : markup`<ul class="orders">${latest.map(orderLine)}</ul>`}
</section>
</div>`,
});

const orderLine = (order: SandboxOrder): Markup => markup`<li><a href="/checkout/${order.pay_order_id}">
<span><strong>${order.target_amount} ${order.target_currency}</strong> · ${order.product_name}
<span class="soft line">${order.request_id} · ${new Date(order.created_at).toISOString().slice(0, 19).replace('T', ' ')} UTC</span></span>
${chip(order.status)}
</a></li>`;

/** Where a newcomer's `success_url` and `fail_url` may point to. */
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

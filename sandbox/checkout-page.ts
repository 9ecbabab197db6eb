import { countdown, COUNTDOWN_SCRIPT, countdownStyle } from './countdown';
import { isHttpUrl } from './create-order';
import { markup, type Markup } from './markup';
import type { OrderStatus, SandboxOrder } from './order';
import type { Page } from './page';
import { mark, type Tone } from './status-mark';
import { wayPanel } from './way-panel';

/** A longer amount is shown in a smaller font. In characters. */
const LONG = 10;

/** The error of a form that was just sent, and the amount that was entered. */
export interface FormError {
  readonly message: string;
  readonly amount: string;
}

/** The hosted checkout page of an order that can be paid. */
export const checkoutPage = (order: SandboxOrder, now: number, error?: FormError): Page => ({
  title: `Pay ${order.target_amount} ${order.target_currency}`,
  main: markup`<article class="card">
<div class="part">
<p class="merchant">Payment to ${merchant(order)}</p>
<h1 class="amount${order.target_amount.length > LONG ? ' long' : null}">${order.target_amount} <small>${order.target_currency}</small></h1>
<p class="product">${order.product_name}</p>
<p class="soft">${order.description}</p>
${countdown(order, now)}
<form method="post"><button class="primary" name="action" value="pay">Pay</button></form>
</div>
${part(wayPanel(order))}
<section class="part" aria-labelledby="other">
<h2 id="other">Try another ending</h2>
<form method="post">
<input type="hidden" name="action" value="pay-different">
<label for="amount">Amount to pay instead, in ${order.target_currency}</label>
<input id="amount" name="amount" inputmode="decimal" autocomplete="off" required maxlength="24" value="${error?.amount ?? ''}"${error ? INVALID : null}>
${error ? markup`<p class="error" id="amount-error" role="alert">${error.message}</p>` : null}
<button>Pay a different amount</button>
</form>
<form method="post" class="pair">
<button class="quiet" name="action" value="decline">Decline</button>
<button class="quiet" name="action" value="cancel">Cancel</button>
</form>
</section>
<div class="part">${details(order)}</div>
</article>`,
  style: countdownStyle(order, now),
  script: COUNTDOWN_SCRIPT,
});

const part = (content: Markup | null): Markup | null =>
  content && markup`<section class="part way">${content}</section>`;

const INVALID = markup` aria-invalid="true" aria-describedby="amount-error" autofocus`;

interface Ending {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
}

const ENDINGS: Record<Exclude<OrderStatus, 'PENDING_PAY' | 'PENDING_CONFIRM'>, Ending> = {
  SUCCEED: { tone: 'good', title: 'Payment complete', text: 'The order is paid in full.' },
  PAID: {
    tone: 'warn',
    title: 'Paid a different amount',
    text: 'The merchant must decide how the order ends.',
  },
  FAILED: { tone: 'bad', title: 'Payment declined', text: 'Nothing was paid.' },
  CANCELED: { tone: 'bad', title: 'Payment cancelled', text: 'Nothing was paid.' },
  CLOSED: {
    tone: 'bad',
    title: 'This order has expired',
    text: 'It can’t be paid any more. Ask the merchant for a new one.',
  },
  REFUND: { tone: 'warn', title: 'Payment refunded', text: 'The money was paid back.' },
};

/** The page of an order that can't be paid any more; `null` for one that can be paid. */
export function endedPage(order: SandboxOrder, notice?: string): Page | null {
  if (order.status === 'PENDING_PAY' || order.status === 'PENDING_CONFIRM') return null;
  const { tone, title, text } = ENDINGS[order.status];
  const back = order.status === 'SUCCEED' || order.status === 'PAID' ? order.success_url : order.fail_url;
  return {
    title,
    main: markup`<article class="card">
${notice === undefined ? null : markup`<p class="notice" role="alert">${notice}</p>`}
<div class="part">
${mark(tone)}
<h1 class="title">${title}</h1>
<p class="soft">${text}</p>
${isHttpUrl(back) ? markup`<a class="button primary" href="${back}">Return to ${new URL(back).host}</a>` : null}
</div>
<div class="part">${details(order)}</div>
</article>`,
  };
}

const details = (order: SandboxOrder): Markup => markup`<dl>
<dt>Order</dt><dd>${order.pay_order_id}</dd>
<dt>Reference</dt><dd>${order.request_id}</dd>
<dt>Amount</dt><dd>${order.target_amount} ${order.target_currency}</dd>
${order.paid_amount === null ? null : markup`<dt>Paid</dt><dd>${order.paid_amount} ${order.target_currency}</dd>`}
<dt>Status</dt><dd>${order.status}</dd>
</dl>`;

const merchant = ({ success_url }: SandboxOrder): string =>
  URL.canParse(success_url) ? new URL(success_url).host : 'the merchant';

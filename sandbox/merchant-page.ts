import { markup, type Markup } from './markup';
import type { Page } from './page';
import type { ReceivedNotification } from './received-notifications';

/** The page with the notifications to the merchant, newest first. */
export const merchantPage = (received: readonly ReceivedNotification[]): Page => ({
  title: 'Notifications',
  wide: true,
  main: markup`<div class="card">
<div class="part">
<h1 class="title">Notifications to the merchant</h1>
<p class="soft">The notifications that your backend would get about its pay-ins, signed as Standard Webhooks says. To see a
failed one repeated: <code>POST /control/faults</code>, e.g. <code>{"on":"notification","http_status":500}</code>.</p>
</div>
<section aria-labelledby="received">
<div class="head part"><h2 id="received">Received</h2>
${received.length === 0 ? markup`<p>None yet. Pay an order, then reload this page.</p>` : null}</div>
${received.length === 0 ? null : markup`<ul class="orders">${received.map(line)}</ul>`}
</section>
</div>`,
});

const line = (
  one: ReceivedNotification,
): Markup => markup`<li><a href="/control/notifications?request_id=${encodeURIComponent(one.request_id ?? '')}">
<span><strong>${one.type ?? 'not readable'}</strong> · ${one.status ?? '?'}
<span class="soft line">${one.webhook_id} · ${new Date(one.at).toISOString().slice(0, 19).replace('T', ' ')} UTC · ${remarks(one)}</span></span>
</a></li>`;

const remarks = ({ verified, repeated, http_status }: ReceivedNotification): string =>
  [
    verified ? 'signature valid' : 'signature wrong',
    ...(repeated ? ['repeated'] : []),
    http_status === 0 ? 'not answered' : `answered ${http_status}`,
  ].join(' · ');

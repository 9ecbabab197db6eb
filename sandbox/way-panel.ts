import { renderSVG } from 'uqr';
import { z } from 'zod';
import { markup, type Markup } from './markup';
import type { ActionOptions, OrderAction, SandboxOrder } from './order';
import type { OrderEvent } from './order-event';
import { BANK_TRANSFER, CARD_SESSION, PIX, pixText } from './way';

/** What stands on an order's page for its way to pay: test cards, a bank transfer, a QR code. */

/** What the payer did there. */
export const wayAction = z.enum([
  'card-accepted',
  'card-challenged',
  'card-downgraded',
  'card-stored',
  'card-disputed',
  'card-declined',
  'transfer-full',
  'transfer-less',
  'transfer-twice',
  'qr-scanned',
]);
export type WayAction = z.output<typeof wayAction>;

export function wayPanel(order: SandboxOrder): Markup | null {
  if (order.way_code === BANK_TRANSFER)
    return panel('Play the payer’s bank', [
      ['transfer-full', `The transfer arrived: ${order.target_amount}`],
      ['transfer-less', `Less arrived: ${times(order.target_amount, 0.5)}`],
      ['transfer-twice', `It arrived twice: ${times(order.target_amount, 2)}`],
    ]);
  if (order.way_code === PIX)
    return markup`<p><img class="qr" alt="The PIX QR code" src="${qrImage(pixText(order.pay_order_id, order.target_amount))}"></p>
${panel('Play the payer’s phone', [['qr-scanned', 'Scan and pay']])}`;
  if (order.way_type === 'CARD_PAYMENT' || order.way_code === CARD_SESSION)
    return panel('Pay with a test card', [
      ['card-accepted', 'A card that is accepted'],
      ['card-challenged', '3-D Secure: pass the challenge'],
      ['card-downgraded', '3-D Secure: asked for, and left out'],
      ['card-stored', 'Accepted, and the card is stored'],
      ['card-disputed', 'Accepted, and disputed later'],
      ['card-declined', 'Declined: suspected fraud (30034)'],
    ]);
  return null;
}

function panel(title: string, actions: readonly (readonly [WayAction, string])[]): Markup {
  return markup`<h2>${title}</h2>
<form method="post">${actions.map(([action, text]) => markup`<button name="action" value="${action}">${text}</button>`)}</form>`;
}

const qrImage = (text: string): string =>
  `data:image/svg+xml;base64,${Buffer.from(renderSVG(text, { border: 4 })).toString('base64')}`;

/** An amount of the sandbox's own orders, for a button: not for money that counts. */
const times = (amount: string, factor: number): string => (Number(amount) * factor).toFixed(2);

/** What happens to the order, in this order. */
export interface WayEffect {
  readonly card?: Partial<Pick<SandboxOrder, 'three_ds' | 'stores_card'>>;
  readonly act?: readonly [OrderAction, ActionOptions?];
  readonly report?: OrderEvent;
}

export function wayEffect(action: WayAction, { target_amount }: SandboxOrder): WayEffect {
  switch (action) {
    case 'card-accepted':
      return { card: { three_ds: 'none' }, act: ['pay'] };
    case 'card-challenged':
      return { card: { three_ds: 'enrolled' }, act: ['pay'] };
    case 'card-downgraded':
      return { card: { three_ds: 'downgraded' }, act: ['pay'] };
    case 'card-stored':
      return { card: { three_ds: 'none', stores_card: true }, act: ['pay'] };
    case 'card-disputed': {
      const evidence_required_by = new Date(Date.now() + 14 * 24 * 3_600_000).toISOString();
      return {
        card: { three_ds: 'none' },
        act: ['pay'],
        report: { event: 'dispute_received', category: 'fraudulent', code: '10.4', evidence_required_by },
      };
    }
    case 'card-declined':
      return { report: { event: 'payment_declined', code: '30034' } };
    case 'transfer-full':
    case 'qr-scanned':
      return { act: ['pay'] };
    case 'transfer-less':
      return { act: ['pay-different', { amount: times(target_amount, 0.5) }] };
    case 'transfer-twice':
      return { act: ['pay-different', { amount: times(target_amount, 2) }] };
  }
}

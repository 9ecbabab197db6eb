import { markup, type Markup } from './markup';
import type { OrderStatus } from './order';

export type Tone = 'good' | 'warn' | 'bad' | 'plain';

const TONES: Record<OrderStatus, Tone> = {
  PENDING_CONFIRM: 'plain',
  PENDING_PAY: 'plain',
  SUCCEED: 'good',
  PAID: 'warn',
  REFUND: 'warn',
  FAILED: 'bad',
  CANCELED: 'bad',
  CLOSED: 'bad',
};

/** A status word in the colour of its meaning. */
export const chip = (status: OrderStatus): Markup => markup`<span class="chip ${TONES[status]}">${status}</span>`;

/** The symbol at the top of a page that shows a result. */
export const mark = (tone: Tone): Markup => markup`<div class="mark ${tone}" aria-hidden="true">
<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round"><path d="${SIGNS[tone]}"/></svg>
</div>`;

/** A tick, an exclamation mark, a cross and a dash. */
const SIGNS: Record<Tone, string> = {
  good: 'M5 12.5l4.5 4.5L19 7.5',
  warn: 'M12 6v7.5M12 17.5v.01',
  bad: 'M7 7l10 10M17 7L7 17',
  plain: 'M6 12h12',
};

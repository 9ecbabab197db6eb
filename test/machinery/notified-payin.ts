import type { PayinEvent } from '../../payin/events';
import type { PayinView } from '../../payin/view';

/** A pay-in as its publish step hands it over. */
export const notifiedPayin = (request_id: string, status: PayinView['status'] = 'PENDING_PAY'): PayinView => ({
  request_id,
  status,
  amount: '100.00',
  currency: 'USDT',
  checkout_url: 'https://lesspay.example/checkout',
  workflow_id: `payin-${request_id}`,
  created_at: '2026-01-01T00:00:00.000Z',
  expires_at: '2026-01-01T00:30:00.000Z',
  needs_attention: false,
  alerts: [],
  metadata: { order: 7 },
});

/** The merchant is told of it. */
export const notifiedEvent = (number: number, to = 'PENDING_PAY'): PayinEvent => ({
  number,
  at: '2026-01-01T00:00:01.000Z',
  kind: 'transition',
  source: 'lesspay',
  data: { from: 'CREATING', to },
});

/** A `webhook-id` without the digits that depend on what the event says. */
export const numbered = (webhook_id: string): string => webhook_id.replace(/_[0-9a-f]{8}$/, '');

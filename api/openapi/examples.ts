import type { z } from 'zod';
import type { PayinRequestInput } from '../../client/payin-request';
import type { eventsPage, payinAnswer, payinPage, pendingAnswer } from './answer-schemas';

/** Examples for the document: all show the same pay-in. */

export const REQUEST_EXAMPLE: PayinRequestInput = {
  request_id: '4711',
  amount: '100.00',
  currency: 'USDT',
  product_name: 'Two cups',
  description: 'Blue, with a handle',
  success_url: 'https://shop.example/thanks',
  fail_url: 'https://shop.example/sorry',
  expires_in: 1_800,
  metadata: { cart: 7 },
};

export const PAYIN_EXAMPLE: z.input<typeof payinAnswer> = {
  request_id: '4711',
  pay_order_id: 'P2695006889096097753',
  status: 'PENDING_PAY',
  amount: '100.00',
  currency: 'USDT',
  checkout_url: 'https://lesspay.example/checkout/P2695006889096097753',
  workflow_id: 'payin-4711',
  created_at: '2026-03-01T10:00:00.000Z',
  expires_at: '2026-03-01T10:30:00.000Z',
  needs_attention: false,
  alerts: [],
  metadata: { cart: 7 },
};

export const PENDING_EXAMPLE: z.input<typeof pendingAnswer> = {
  request_id: '4711',
  status: 'CREATING',
  workflow_id: 'payin-4711',
};

export const PAGE_EXAMPLE: z.input<typeof payinPage> = {
  payins: [PAYIN_EXAMPLE],
  next_cursor: 'WzEsIjIwMjYtMDMtMDFUMTA6MDA6MDAuMDAwWiIsIjQ3MTEiXQ',
};

export const EVENTS_EXAMPLE: z.input<typeof eventsPage> = {
  events: [
    {
      number: 1,
      at: '2026-03-01T10:00:00.000Z',
      kind: 'started',
      source: 'merchant',
      data: { amount: '100.00', currency: 'USDT' },
    },
    {
      number: 2,
      at: '2026-03-01T10:00:00.412Z',
      kind: 'transition',
      source: 'lesspay',
      data: { from: 'CREATING', to: 'PENDING_PAY', pay_order_id: 'P2695006889096097753' },
    },
  ],
  next_after: 2,
};

import { randomBytes } from 'node:crypto';
import type { PayinRecord, PayinWrite } from '../../records/payin-record';
import type { PayinEvent } from '../../payin/events';
import { firstFacts } from '../../payin/resume';
import type { PayinView } from '../../payin/view';
import { DEFAULT_POLL_SCHEDULE } from '../../payin/poll-schedule';

/** What a pay-in's workflow would write. */

export const newRequestId = (): string => `r${randomBytes(6).toString('hex')}`;

export const CREATED_AT = '2026-03-01T10:00:00.123Z';

/** @param changed what is not as in every other write */
export function writeOf(request_id: string, last_event: number, changed: Partial<PayinView> = {}): PayinWrite {
  return {
    payin: viewOf(request_id, changed),
    digest: 'd1',
    facts: factsOf(request_id, last_event),
    last_event,
    recorded: last_event - 1,
    events: [eventOf(last_event)],
  };
}

/** Such a pay-in as it is found again. */
export function knownRecord(request_id: string): PayinRecord {
  const { payin, facts, digest = '' } = writeOf(request_id, 1);
  return { ...payin, digest, facts, last_event: 1, updated_at: CREATED_AT };
}

export function viewOf(request_id: string, changed: Partial<PayinView> = {}): PayinView {
  return {
    request_id,
    pay_order_id: `P${request_id}`,
    status: 'PENDING_PAY',
    amount: '100.00',
    currency: 'USDT',
    checkout_url: `https://lesspay.example/checkout/${request_id}`,
    workflow_id: `payin-${request_id}`,
    created_at: CREATED_AT,
    expires_at: '2026-03-01T10:30:00.123Z',
    needs_attention: false,
    alerts: [],
    metadata: { customer: 'Ada' },
    ...changed,
  };
}

export function eventOf(number: number, data: PayinEvent['data'] = { step: number }): PayinEvent {
  return { number, at: '2026-03-01T10:00:01.000Z', kind: 'transition', source: 'lesspay', data };
}

function factsOf(request_id: string, polls: number) {
  const request = {
    request_id,
    amount: '100.00',
    currency: 'USDT',
    product_name: 'Gift for Grace',
    description: 'To 12 Elm Street',
    success_url: 'https://shop.example/success?customer=ada',
    fail_url: 'https://shop.example/fail?customer=ada',
    expires_in: 1_800,
    metadata: { customer: 'Ada' },
  };
  const input = { request, digest: 'd1', start_token: 't', poll_schedule: DEFAULT_POLL_SCHEDULE };
  return {
    ...firstFacts(input, Date.parse(CREATED_AT)),
    checkout_url: `https://lesspay.example/checkout/${request_id}`,
    polls,
  };
}

import type { PayinRequest, Refusal, WebhookClaim } from './payin-messages';
import type { Alert, Payin } from './payin-state';

/** Everything a run knows, as plain data: what continue-as-new carries over. Instants in epoch ms. */
export interface PayinFacts {
  payin: Payin;
  readonly created_at: number;
  /** When the attempt that made the order ended. */
  ordered_at?: number;
  expires_at: number;
  checkout_url?: string;
  create_attempts: number;
  /** When the first create-order that may have taken effect was sent. From then on, look up before each attempt. */
  doubt_since?: number;
  /** No further create-order: the order exists, was refused, or its lifetime is over. */
  creation_over: boolean;
  refusal?: Refusal;
  /** The request_id belongs to somebody else's order: nothing said of that order is ours. */
  taken: boolean;
  /** Somebody wants Lesspay asked now. */
  hinted: boolean;
  /** False after Cancel in the UI: no polls, webhooks still wake it. */
  watching: boolean;
  window_over: boolean;
  polls: number;
  /** The instant of the poll schedule that was last asked at. */
  polled_for: number;
  /** Claims that query-order has not shown yet. */
  claims: WebhookClaim[];
  /** Queries since the newest of them came. */
  claim_asks: number;
  /** The newest webhooks' digests, so that identical ones fold. */
  digests: string[];
  alerts: Alert[];
  notices: { code: string; message: string; at: number }[];
}

/** What is known at the start. */
export function firstFacts({ request_id, amount, currency, expires_in }: PayinRequest, now: number): PayinFacts {
  return {
    payin: { request_id, amount, currency, status: 'CREATING' },
    created_at: now,
    expires_at: now + expires_in * 1_000,
    create_attempts: 0,
    creation_over: false,
    taken: false,
    hinted: false,
    watching: true,
    window_over: false,
    polls: 0,
    polled_for: now,
    claims: [],
    claim_asks: 0,
    digests: [],
    alerts: [],
    notices: [],
  };
}

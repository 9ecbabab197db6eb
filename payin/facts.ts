import type { Alert } from './alerts';
import type { PayinEvent } from './events';
import type { PollSchedule } from './poll-schedule';
import type { PayinRequest, Refusal } from './request';
import type { Payin, Word } from './state';
import type { OpenClaim } from './webhook-claim';

/**
 * Everything a run knows, as plain data: what continue-as-new carries over, and what a resumed run loads.
 * Instants in epoch ms.
 */
export interface PayinFacts {
  payin: Payin;
  /** What the merchant asked for, and its digest; absent where nobody knows. */
  readonly request?: PayinRequest;
  readonly digest?: string;
  readonly poll_schedule: PollSchedule;
  /** When its first run was started: the same however often the first task is done. */
  readonly created_at: number;
  /** That run. *Reset* makes another one with the same start. */
  readonly begun_in?: string;
  /** When the attempt that made the order ended, or around when it must have been made. */
  ordered_at?: number;
  expires_at: number;
  checkout_url?: string;
  create_attempts: number;
  /** When the first create-order that may have taken effect was sent. From then on, look up before each attempt. */
  doubt_since?: number;
  /** When the last create-order was sent. */
  attempted_at?: number;
  /** No further create-order: the order exists, was refused, its lifetime is over, or the run was resumed. */
  creation_over: boolean;
  /** The order may have been made long before this pay-in: looked for further back, once. */
  any_age: boolean;
  refusal?: Refusal;
  /** The request_id belongs to somebody else's order: nothing said of that order is ours. */
  taken: boolean;
  /** An operator said that an order which is not what was sent, or which nobody knew, is ours all the same. */
  adopted: boolean;
  /** What query-order said last of our order. */
  said?: Word;
  /** All that it had said last when an operator decided otherwise: that it says so again is no news. */
  decided_over: Word[];
  /** Somebody wants Lesspay asked now. */
  hinted: boolean;
  /** A person does: if nothing comes of it, what is left to decide is flagged again. */
  woken: boolean;
  /** False after `stopWatching`, or Cancel in the UI: no polls, webhooks still wake it. */
  watching: boolean;
  /** When the watch began anew: after its window, by a webhook or a person. */
  watched_since?: number;
  window_over: boolean;
  polls: number;
  /** The instant of the poll schedule that was last asked at. */
  polled_for: number;
  /** Claims that query-order has not shown yet. */
  claims: OpenClaim[];
  /** Queries since the newest of them came. */
  claim_asks: number;
  /** The newest webhooks' digests, so that identical ones fold. */
  digests: string[];
  alerts: Alert[];
  notices: Notice[];
  audit: AuditEntry[];
  /** The number of the last event (`journal.ts`). */
  last_event: number;
  /** The number of the last event that the order record has. */
  recorded: number;
  /** The number of the last event that was handed over to the merchant's notifications. */
  notified: number;
  /** The events that one of the two does not have yet. */
  outbox: PayinEvent[];
  /** The events that the merchant is told of once an operator says that the order is the merchant's. */
  withheld: PayinEvent[];
  /** How many events were left out of the outbox since its last one, because it was full. */
  left_out: number;
}

/** Something that happened and asks nothing of anybody. */
export interface Notice {
  readonly code: string;
  readonly message: string;
  /** Epoch ms. */
  readonly at: number;
}

/** What a person did. */
export interface AuditEntry {
  readonly action: string;
  readonly who: string;
  readonly why: string;
  /** Epoch ms. */
  readonly at: number;
}

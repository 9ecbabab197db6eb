import type { Alert } from './alerts';
import type { PayinEvent } from './events';
import type { NextStep } from './next-step';
import type { PaidCard } from './paid-card';
import type { PollSchedule } from './poll-schedule';
import type { PayinRequest, Refusal } from './request';
import type { Payin } from './state';
import type { StoredCard } from './stored-card';
import type { Word } from './word';
import type { OpenClaim } from './webhook-claim';

/**
 * All that a run knows of its pay-in, as plain data: continue-as-new carries it over, and a resumed run loads it.
 * Instants in epoch ms.
 */
export interface PayinFacts {
  payin: Payin;
  /** What the merchant asked for, and its digest; absent in an order of no known pay-in (`unknown_order`). */
  readonly request?: PayinRequest;
  readonly digest?: string;
  readonly poll_schedule: PollSchedule;
  /** When the first run was started. It stays the same if the first workflow task is repeated. */
  readonly created_at: number;
  /** The id of that run. A *Reset* makes a run with another id and the same start. */
  readonly begun_in?: string;
  /** When create-order answered; for an order that query-order found, the instant around which it was found. */
  ordered_at?: number;
  expires_at: number;
  checkout_url?: string;
  /** What the payer must do, if it is not to open the checkout page. */
  next_step?: NextStep;
  /** The order is sent in minor units, and query-order has not shown yet that Lesspay took it so (`isUnitOpen`). */
  unit_unproved?: boolean;
  /** Lesspay stated an amount that fits only another unit (`amount_unit`): the payer must not pay. */
  unit_wrong?: true;
  /** What Lesspay says of the card that paid. */
  card?: PaidCard;
  /** The card that Lesspay has stored. */
  stored_card?: StoredCard;
  create_attempts: number;
  /** When the first create-order that may have taken effect was sent. From then on, look up before each attempt. */
  doubt_since?: number;
  /** When the last create-order was sent. */
  attempted_at?: number;
  /** No further create-order: the order exists, was refused, its lifetime is over, or the run was resumed. */
  creation_over: boolean;
  /** The order may have been made long before this pay-in: the whole past (`LOOK_BACK`) is searched for it once. */
  any_age: boolean;
  /** That was done because of a create-order that was refused as a duplicate. */
  past_searched?: true;
  refusal?: Refusal;
  /** The request_id belongs to somebody else's order, whose status is not applied. */
  taken: boolean;
  /** An operator said by `adopt` that the order is ours, though it differs from what was sent, or no pay-in was known. */
  adopted: boolean;
  /** The last answer of query-order about our order. */
  said?: Word;
  /** For each `resolve`, the answer (`said`) that the operator decided against. Repeated, it changes nothing. */
  decided_over: Word[];
  /** A hint came: Lesspay is to be asked now. */
  hinted: boolean;
  /** The signal `wake` came: if the next answer leaves the status `PAID` or `UNRESOLVED`, that is flagged again. */
  woken: boolean;
  /** False after `stopWatching`, or Cancel in the UI: then there are no polls, but hints still have Lesspay asked. */
  watching: boolean;
  /** When the present watch window began, if a webhook or a person opened a new one. */
  watched_since?: number;
  window_over: boolean;
  polls: number;
  /** The planned instant (`Poll.planned_at`) of the last poll. Polls that were planned before it are over. */
  polled_for: number;
  /** Claims that query-order has not shown yet. */
  claims: OpenClaim[];
  /** How often Lesspay was asked since the newest claim came. */
  claim_asks: number;
  /** The digests of the newest webhooks, by which a repeated webhook is recognised. */
  digests: string[];
  alerts: Alert[];
  notices: Notice[];
  audit: AuditEntry[];
  /** The number of the last event (`journal.ts`). */
  last_event: number;
  /** The number of the last event that the order record has. */
  recorded: number;
  /** The number of the last event that each endpoint of the merchant has taken, or its notification workflow. */
  notified: number;
  /** The endpoints whose events go to their notification workflows, since one was not taken at once. */
  handed_over: readonly string[];
  /** The events that the order record does not have, or that the merchant was not notified of. */
  outbox: PayinEvent[];
  /** The events to notify the merchant of once an operator says that the order is the merchant's. */
  withheld: PayinEvent[];
  /** How many events were not put into the outbox since its last event, because it was full. */
  left_out: number;
}

/** Something that happened and that nobody must act on. */
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

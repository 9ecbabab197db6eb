import { tell } from './journal';
import type { PayinEvent } from './events';
import type { OpenClaim } from './claims';
import type { PayinRequest, Refusal, StartInput } from '../workflows/payin/messages';
import type { Alert, Payin, Word } from './state';
import type { PollSchedule } from './poll-schedule';

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
  notices: { code: string; message: string; at: number }[];
  audit: AuditEntry[];
  /** The number of the last event that was told of (`outbox.ts`). */
  told: number;
  /** Up to which of them the order record is written, and the merchant's notifications have them. */
  recorded: number;
  notified: number;
  /** Those that one of the two lacks. */
  outbox: PayinEvent[];
  /** Those that the merchant will be told of when an operator says that the order is its own. */
  withheld: PayinEvent[];
  /** How many there was no room for, since the last one. */
  left_out: number;
}

/** What a person did. */
export interface AuditEntry {
  readonly action: string;
  readonly who: string;
  readonly why: string;
  /** Epoch ms. */
  readonly at: number;
}

/** What is known when the merchant starts a pay-in. */
export function firstFacts({ request, digest, poll_schedule }: StartInput, now: number): PayinFacts {
  const { request_id, amount, currency, expires_in } = request;
  const facts: PayinFacts = {
    ...nothingKnown(request_id, poll_schedule, now),
    payin: { request_id, amount, currency, status: 'CREATING' },
    request,
    digest,
    expires_at: now + expires_in * 1_000,
    creation_over: false,
    any_age: false,
    told: 0,
    recorded: 0,
    notified: 0,
  };
  tell(facts, { kind: 'started', source: 'merchant', data: { amount, currency } }, now);
  return facts;
}

/**
 * What is known of an order that nobody but Lesspay knows. Its events are numbered from the minute on, since 1970: above
 * all that may have been told of it and forgotten, so that no notification is taken for one of then.
 */
export function nothingKnown(request_id: string, poll_schedule: PollSchedule, now: number): PayinFacts {
  const told = Math.floor(now / 60_000);
  return {
    payin: { request_id, status: 'CREATING' },
    poll_schedule,
    created_at: now,
    expires_at: now,
    create_attempts: 0,
    creation_over: true,
    any_age: true,
    taken: false,
    adopted: false,
    decided_over: [],
    hinted: false,
    woken: false,
    watching: true,
    window_over: false,
    polls: 0,
    polled_for: now,
    claims: [],
    claim_asks: 0,
    digests: [],
    alerts: [],
    notices: [],
    audit: [],
    told,
    recorded: told,
    notified: told,
    outbox: [],
    withheld: [],
    left_out: 0,
  };
}

/**
 * What a resumed run goes on from. It never creates: a pay-in whose creation was under way is in doubt from its start
 * to now, and looked up.
 */
export function resumedFacts(known: PayinFacts, now: number): PayinFacts {
  const facts = { ...known, creation_over: true };
  if (known.payin.status !== 'CREATING' || known.ordered_at !== undefined) return facts;
  const { doubt_since = known.created_at, expires_at } = known;
  // The last attempt was made before its lifetime ended.
  return { ...facts, doubt_since, attempted_at: Math.min(now, expires_at), hinted: true };
}

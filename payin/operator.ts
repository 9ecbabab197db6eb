import { acknowledged, type Alert, type AlertCode, openAlerts } from './alerts';
import { flagTaken } from './answers';
import { claimedBy, dropOldClaims } from './claims';
import type { PayinFacts } from './facts';
import { addAudit, isTheMerchants, moveTo } from './journal';
import { type OperatorNote, type OptionalMember, textOr } from './operator-note';
import { adopted, isOutcome, type LesspayStatus, resolvable, resolved } from './state';
import { isDecidedOver } from './word';
import { askSoon, watchAnew, windowIsOver } from './watch';
import { unconfirmed } from './webhook-claim';

export interface AcknowledgeNote extends OperatorNote {
  /** Only alerts of this code; absent: all open alerts. */
  readonly code?: string;
}

export interface ResolveNote extends OperatorNote {
  readonly status: LesspayStatus;
}

/**
 * Something that an operator can do to a pay-in. `refusal` is asked first: it says why it is not possible now, and what to
 * do instead. Makes no calls.
 */
export interface OperatorAction<Note extends OperatorNote> {
  /** What its note may hold besides `who` and `why`. */
  readonly optional?: readonly OptionalMember[];
  /** Undefined if it is possible. */
  readonly refusal: (facts: PayinFacts, note: Note) => string | undefined;
  readonly act: (facts: PayinFacts, note: Note, now: number) => void;
}

export const pollNow: OperatorAction<OperatorNote> = {
  refusal: ({ taken }) => (taken ? SOMEBODY_ELSES : undefined),
  act(facts, note, now) {
    addAudit(facts, 'pollNow', note, now);
    askSoon(facts);
  },
};

export const acknowledge: OperatorAction<AcknowledgeNote> = {
  optional: ['code'],
  refusal({ alerts }, { code }) {
    const open = openAlerts(alerts).map((alert) => alert.code);
    if (open.length === 0) return 'there is no open alert';
    const fits = code === undefined || open.some((alert) => alert === code);
    return fits ? undefined : `no alert "${code}" is open: leave "code" out, or use one of ${open.join(', ')}`;
  },
  act(facts, { code, ...note }, now) {
    addAudit(facts, code === undefined ? 'acknowledge' : `acknowledge ${code}`, note, now);
    dealWith(facts, (alert) => code === undefined || alert.code === code, note, now);
  },
};

/** The alerts that a decision acknowledges. */
const DECIDED: ReadonlySet<AlertCode> = new Set([
  'amount_mismatch',
  'amount_unit',
  'ended_with_money',
  'part_refund',
  'status_conflict',
  'unconfirmed_claim',
  'unresolved',
]);

/** A person decides a status that Lesspay leaves open. Later answers of Lesspay are compared with it like with its own. */
export const resolve: OperatorAction<ResolveNote> = {
  optional: ['status'],
  refusal({ payin, taken }, { status: to }) {
    if (taken) return SOMEBODY_ELSES;
    const { status } = payin;
    const allowed = resolvable(payin);
    if (allowed.length === 0) return `only Lesspay can change ${status}: pollNow asks it, acknowledge closes an alert`;
    return allowed.includes(to) ? undefined : `"status" must be one of ${allowed.join(', ')}: the pay-in is ${status}`;
  },
  act(facts, { status, ...note }, now) {
    addAudit(facts, `resolve ${facts.payin.status} -> ${status}`, note, now);
    dealWith(facts, ({ code }) => DECIDED.has(code), note, now);
    decideOver(facts);
    moveTo(facts, resolved(facts.payin, status, now), 'operator', now);
    dropOldClaims(facts);
  },
};

/**
 * A person says that the order under our request_id is ours. If it had been taken for somebody else's, Lesspay is asked for
 * its status. If no pay-in was known for it, it is watched already: from now on the merchant is notified of it, first of
 * what has happened so far.
 */
export const adopt: OperatorAction<OperatorNote> = {
  refusal: (facts) =>
    facts.taken || !isTheMerchants(facts)
      ? undefined
      : 'there is nothing to adopt: no order of somebody else is known under this request_id',
  act(facts, note, now) {
    addAudit(facts, 'adopt', note, now);
    if (!facts.taken) {
      facts.adopted = true;
      return dealWith(facts, ({ code }) => code === 'unknown_order', note, now);
    }
    delete facts.refusal;
    facts.taken = false;
    facts.adopted = true;
    facts.any_age = true;
    moveTo(facts, adopted(facts.payin), 'operator', now);
    dealWith(facts, ({ code }) => code === 'request_id_taken', note, now);
    watchAnew(facts, now);
    askSoon(facts);
  },
};

/** Stops the polls. Hints still have Lesspay asked. */
export const stopWatching: OperatorAction<OperatorNote> = {
  refusal: ({ watching }) => (watching ? undefined : 'it is not watched: resumeWatching polls again'),
  act(facts, note, now) {
    addAudit(facts, 'stopWatching', note, now);
    facts.watching = false;
  },
};

export const resumeWatching: OperatorAction<OperatorNote> = {
  refusal({ payin: { status }, taken, claims, watching, window_over }) {
    if (taken) return SOMEBODY_ELSES;
    if (isOutcome(status) && claims.length === 0) return `${status} is an outcome: use pollNow to ask once`;
    return watching && !window_over ? 'it is watched already: use pollNow to ask now' : undefined;
  },
  act(facts, note, now) {
    addAudit(facts, 'resumeWatching', note, now);
    facts.watching = true;
    if (windowIsOver(facts, now)) watchAnew(facts, now);
    askSoon(facts);
  },
};

/** The signal `wake`, from an operator or the reconciliation: ask Lesspay now. A signal sent by hand may hold anything. */
export function wake(facts: PayinFacts, note: Partial<OperatorNote> | undefined, now: number): void {
  addAudit(facts, 'wake', { who: textOr(note?.who, 'somebody'), why: textOr(note?.why, 'no reason given') }, now);
  if (facts.taken) flagTaken(facts, now);
  else facts.woken = true;
  askSoon(facts);
}

/** A person has dealt with these alerts. */
function dealWith(facts: PayinFacts, which: (alert: Alert) => boolean, note: OperatorNote, now: number): void {
  facts.alerts = acknowledged(facts.alerts, which, note, now);
  // A flagged claim is closed with its alert. If a webhook repeats it, it is asked about again.
  const open = openAlerts(facts.alerts).map(({ message }) => message);
  facts.claims = facts.claims.filter((claim) => !claim.flagged || open.includes(unconfirmed(claimedBy(facts, claim))));
}

/** Keeps the answer of query-order that a person decides against. Repeated, it changes nothing, whatever is decided later. */
function decideOver(facts: PayinFacts): void {
  const { said, decided_over } = facts;
  if (said && !isDecidedOver(decided_over, said)) facts.decided_over = [...decided_over, said];
}

const SOMEBODY_ELSES =
  "this request_id belongs to somebody else's order: if the order is ours after all, adopt it first";

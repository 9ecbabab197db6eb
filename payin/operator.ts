import { isTheMerchants } from './journal';
import type { AcknowledgeNote, OperatorNote, ResolveNote } from '../workflows/payin/messages';
import type { OptionalMember } from './operator-note';
import type { PayinRun } from '../workflows/payin/run';
import { adopted, isOutcome, resolvable, resolved, type AlertCode } from './state';
import { watchAnew, windowIsOver } from './watch';

/**
 * What an operator can do to a pay-in, and why not: each action says what is wrong with it, in words that tell what to
 * do instead, before it is done. Makes no calls.
 */
export interface OperatorAction<Note extends OperatorNote> {
  /** What its note may say beside who and why. */
  readonly optional?: readonly OptionalMember[];
  /** Undefined where it may be done. */
  readonly refusal: (run: PayinRun, note: Note) => string | undefined;
  readonly act: (run: PayinRun, note: Note, now: number) => void;
}

export const pollNow: OperatorAction<OperatorNote> = {
  refusal: ({ facts }) => (facts.taken ? SOMEBODY_ELSES : undefined),
  act(run, note, now) {
    run.audit('pollNow', note, now);
    run.hint();
  },
};

export const acknowledge: OperatorAction<AcknowledgeNote> = {
  optional: ['code'],
  refusal(run, { code }) {
    const open = run.openAlerts.map((alert) => alert.code);
    if (open.length === 0) return 'there is no open alert';
    const fits = code === undefined || open.some((alert) => alert === code);
    return fits ? undefined : `no alert "${code}" is open: leave "code" out, or use one of ${open.join(', ')}`;
  },
  act(run, { code, ...note }, now) {
    run.audit(code === undefined ? 'acknowledge' : `acknowledge ${code}`, note, now);
    run.settle((alert) => code === undefined || alert.code === code, note, now);
  },
};

/** What a decision deals with. */
const DECIDED: ReadonlySet<AlertCode> = new Set([
  'amount_mismatch',
  'ended_with_money',
  'part_refund',
  'status_conflict',
  'unconfirmed_claim',
  'unresolved',
]);

/** A person decides what Lesspay leaves open; what Lesspay says afterwards is weighed against it, and never lost. */
export const resolve: OperatorAction<ResolveNote> = {
  optional: ['status'],
  refusal({ payin, facts }, { status: to }) {
    if (facts.taken) return SOMEBODY_ELSES;
    const { status } = payin;
    const allowed = resolvable(payin);
    if (allowed.length === 0)
      return `${status} is Lesspay's to change, not ours: pollNow asks it, acknowledge settles an alert`;
    return allowed.includes(to) ? undefined : `"status" must be one of ${allowed.join(', ')}: the pay-in is ${status}`;
  },
  act(run, { status, ...note }, now) {
    run.audit(`resolve ${run.payin.status} -> ${status}`, note, now);
    run.settle(({ code }) => DECIDED.has(code), note, now);
    run.decideOver();
    run.move(resolved(run.payin, status, now), 'operator', now);
    run.dropOldClaims();
  },
};

/**
 * The order under our request_id is ours after all. One that had been left aside: Lesspay is asked what became of it. One
 * that nobody knew is watched already: the merchant is told of it from now on, and first of what has happened so far.
 */
export const adopt: OperatorAction<OperatorNote> = {
  refusal: ({ facts }) =>
    facts.taken || !isTheMerchants(facts)
      ? undefined
      : 'there is nothing to adopt: no order of somebody else is known under this request_id',
  act(run, note, now) {
    run.audit('adopt', note, now);
    if (!run.facts.taken) {
      run.facts.adopted = true;
      return run.settle(({ code }) => code === 'unknown_order', note, now);
    }
    const { refusal: _taken, ...facts } = run.facts;
    run.facts = { ...facts, taken: false, adopted: true, any_age: true };
    run.move(adopted(facts.payin), 'operator', now);
    run.settle(({ code }) => code === 'request_id_taken', note, now);
    watchAnew(run.facts, now);
    run.hint();
  },
};

/** No more polls, never a lost order. */
export const stopWatching: OperatorAction<OperatorNote> = {
  refusal: ({ facts }) => (facts.watching ? undefined : 'it is not watched: resumeWatching polls again'),
  act(run, note, now) {
    run.audit('stopWatching', note, now);
    run.facts.watching = false;
    run.stirred = true;
  },
};

export const resumeWatching: OperatorAction<OperatorNote> = {
  refusal({ facts, payin: { status } }) {
    if (facts.taken) return SOMEBODY_ELSES;
    if (isOutcome(status) && facts.claims.length === 0) return `${status} is an outcome: use pollNow to ask once`;
    return facts.watching && !facts.window_over ? 'it is watched already: use pollNow to ask now' : undefined;
  },
  act(run, note, now) {
    run.audit('resumeWatching', note, now);
    run.facts.watching = true;
    if (windowIsOver(run.facts, now)) watchAnew(run.facts, now);
    run.hint();
  },
};

const SOMEBODY_ELSES = "this request_id belongs to somebody else's order: adopt it first, if it is ours after all";

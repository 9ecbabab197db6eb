import type { WorkflowInfo } from '@temporalio/workflow';
import { openAlerts, type Alert } from '../../payin/alerts';
import { KEPT_DIGESTS, weighClaim } from '../../payin/claims';
import type { PayinFacts } from '../../payin/facts';
import { addNotice, type Recipient } from '../../payin/journal';
import { wake } from '../../payin/operator';
import type { OperatorNote } from '../../payin/operator-note';
import { firstFacts, nothingKnown, overtakenBy, resumeFrom } from '../../payin/resume';
import type { Payin } from '../../payin/state';
import { payinState, payinView, type PayinState, type PayinView } from '../../payin/view';
import { askSoon, isFinished } from '../../payin/watch';
import { isClaim, type WebhookClaim } from '../../payin/webhook-claim';
import type { Known } from './load';
import type { PayinInput, PayinResult } from './messages';
import { Errand } from '../loop/errand';

/** An ordinary activity that tells one of the two, and what its end means. */
export interface Telling {
  readonly errand: Errand<unknown>;
  /** @throws what the activity failed with */
  readonly takeUp: () => void;
}

/** One run of a pay-in: the facts, and what belongs to this run alone. Makes no calls. */
export class PayinRun {
  /** The same object for the whole run: what changes, changes in place. */
  readonly facts: PayinFacts;
  /** False in a resumed run that has not yet loaded what is known. */
  loaded: boolean;
  /** What came before that. */
  private inbox: (() => void)[] = [];
  /** How often the order record knew more. */
  overtakes = 0;
  /** The newest webhooks that this run received. */
  private received: WebhookClaim[] = [];
  /** What the search attributes say, by name, as text. */
  readonly shown = new Map<string, string>();
  /** A message changed what is to be shown of it. */
  unshown = false;
  /** What updates ask for, until the loop does it. */
  private readonly updates: (() => void)[] = [];
  /** How often asking Lesspay has led to something: an answer, or the news that there is none yet. */
  asks = 0;
  /** A create-order is under way. */
  creating = false;
  /** When events were last told (`publish.ts`), epoch ms. */
  published_at = 0;
  /** Which recipients are being told by an ordinary activity. */
  readonly telling = new Map<Recipient, Telling>();
  /** The history is long: whoever waits for an answer is sent to ask again, so that continue-as-new can follow. */
  continuing = false;

  constructor(
    readonly input: PayinInput,
    readonly workflow_id: string,
    now: number,
    { runId, runStartTime }: Pick<WorkflowInfo, 'runId' | 'runStartTime'> = { runId: '', runStartTime: new Date(now) },
  ) {
    const created_at = runStartTime.getTime();
    const first =
      'resume' in input
        ? nothingKnown(input.resume.request_id, input.poll_schedule, created_at)
        : firstFacts(input, now);
    this.facts = { ...first, created_at, begun_in: runId, ...input.carried };
    this.loaded = !('resume' in input) || input.carried !== undefined;
  }

  get payin(): Payin {
    return this.facts.payin;
  }

  get openAlerts(): Alert[] {
    return openAlerts(this.facts.alerts);
  }

  get finished(): boolean {
    return isFinished(this.facts);
  }

  /** It is known whether there is an order to pay, and whether its page can be had. */
  get checkoutReady(): boolean {
    return this.loaded && (this.payin.status !== 'CREATING' || this.facts.creation_over);
  }

  /** A resumed run goes on from what is known, and takes up what came meanwhile. */
  load({ missed = [], ...known }: Known, now: number): void {
    this.loaded = true;
    resumeFrom(this.facts, known, now);
    for (const claim of missed) this.receive(claim, now);
    for (const act of this.inbox.splice(0)) act();
  }

  /** The order record, up to the event `last_event`, knows what this run does not. */
  overtaken(recorded: PayinFacts, last_event: number, now: number): void {
    overtakenBy(this.facts, recorded, last_event, this.received, now);
    this.overtakes += 1;
  }

  /** At once, but for a resumed run: once it knows what it is about. */
  whenLoaded(act: () => void): void {
    if (this.loaded) act();
    else this.inbox.push(act);
  }

  /** A verified webhook: a hint, never the truth. */
  receive(claim: unknown, now: number): void {
    this.whenLoaded(() => {
      if (!isClaim(claim)) {
        // A signal sent by hand may hold anything: it must not break the run, and asking is harmless.
        addNotice(this.facts, 'malformed_signal', 'a webhook signal could not be read', now);
        askSoon(this.facts);
      } else if (weighClaim(this.facts, claim, now)) this.received = [...this.received, claim].slice(-KEPT_DIGESTS);
    });
  }

  /** An operator or the reconciliation wants Lesspay asked. */
  wake(note: Partial<OperatorNote> | undefined, now: number): void {
    this.whenLoaded(() => wake(this.facts, note, now));
  }

  /**
   * What an update asks for, done between two steps of the loop: a replay may hand an update out before the local activity
   * is begun during which it came.
   */
  inTurn(act: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.updates.push(() => {
        try {
          act();
          this.unshown = true;
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  get hasUpdates(): boolean {
    return this.updates.length > 0;
  }

  actOnUpdates(): void {
    for (const act of this.updates.splice(0)) act();
  }

  view(): PayinView {
    return payinView(this.facts, this.workflow_id);
  }

  state(): PayinState {
    return payinState(this.facts, this.workflow_id);
  }

  result(): PayinResult {
    return { ...this.state(), facts: this.facts };
  }
}

import type { WorkflowInfo } from '@temporalio/workflow';
import { openAlerts, type Alert } from '../../payin/alerts';
import { KEPT_DIGESTS, weighClaim } from '../../payin/claims';
import type { PayinFacts } from '../../payin/facts';
import { addNotice, type Destination } from '../../payin/journal';
import { wake } from '../../payin/operator';
import { isUnitOpen } from '../../payin/open-step';
import type { OperatorNote } from '../../payin/operator-note';
import { firstFacts, nothingKnown, overtakenBy, resumeFrom } from '../../payin/resume';
import type { Payin } from '../../payin/state';
import { payinState, payinView, type PayinState, type PayinView } from '../../payin/view';
import { askSoon, isFinished } from '../../payin/watch';
import { isClaim, type WebhookClaim } from '../../payin/webhook-claim';
import type { Known } from './load';
import type { PayinInput, PayinResult } from './messages';
import { BackgroundActivity } from '../loop/background-activity';

/** An ordinary activity that publishes events to one destination. */
export interface Publishing {
  readonly activity: BackgroundActivity<unknown>;
  /** Call it when the activity has ended. @throws the activity's failure */
  readonly applyResult: () => void;
}

/** One run of a pay-in: the facts, and what belongs to this run alone. Makes no calls. */
export class PayinRun {
  /** The same object for the whole run: what changes, changes in place. */
  readonly facts: PayinFacts;
  /** False in a resumed run that has not yet loaded its facts. */
  loaded: boolean;
  /** Loading it takes long: updates are refused until then, since Temporal allows a run only 10 open updates at once. */
  loadsSlowly = false;
  /** The messages that came before the facts were loaded. */
  private inbox: (() => void)[] = [];
  /** How often this run took over its order record (`overtaken`). */
  overtakes = 0;
  /** The newest webhooks that this run received. */
  private received: WebhookClaim[] = [];
  /** What the search attributes say, by name, as text. */
  readonly shown = new Map<string, string>();
  /** A message changed what the UI must show. */
  unshown = false;
  /** What updates ask for, until the loop does it. */
  private readonly updates: (() => void)[] = [];
  /** How often a call to Lesspay brought an answer or a failure. */
  asks = 0;
  /** A create-order is under way. */
  creating = false;
  /** When events were last published (`publish.ts`), epoch ms. */
  published_at = 0;
  /** The ordinary activities that are publishing, by destination. */
  readonly publishing = new Map<Destination, Publishing>();
  /** The run is about to continue as new: waiting updates end, and tell their callers to ask again. */
  continuing = false;

  constructor(
    readonly input: PayinInput,
    readonly workflow_id: string,
    now: number,
    { runId, startTime }: Pick<WorkflowInfo, 'runId' | 'startTime'> = { runId: '', startTime: new Date(now) },
  ) {
    // Not `runStartTime`: that is when the first workflow task began, which is later if that task is repeated.
    const created_at = startTime.getTime();
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

  /** Is it known whether there is an order to pay, of the right amount, and what the payer must do? */
  get checkoutReady(): boolean {
    return this.loaded && (this.payin.status !== 'CREATING' || this.facts.creation_over) && !isUnitOpen(this.facts);
  }

  /** Starts a resumed run with what is known, then handles the messages that came meanwhile. */
  load({ missed = [], ...known }: Known, now: number): void {
    this.loaded = true;
    resumeFrom(this.facts, known, now);
    for (const claim of missed) this.receive(claim, now);
    for (const act of this.inbox.splice(0)) act();
  }

  /** Takes over the order record, which knows what this run does not. `last_event` is the number of its last event. */
  overtaken(recorded: PayinFacts, last_event: number, now: number): void {
    overtakenBy(this.facts, recorded, last_event, this.received, now);
    this.overtakes += 1;
  }

  /** Does `act` now, or, in a resumed run that has not loaded its facts, after they are loaded. */
  whenLoaded(act: () => void): void {
    if (this.loaded) act();
    else this.inbox.push(act);
  }

  /** The signal `webhook`: a verified webhook, or, if it was sent by hand, anything. */
  receive(claim: unknown, now: number): void {
    this.whenLoaded(() => {
      if (!isClaim(claim)) {
        // It must not break the run, and to ask Lesspay is harmless.
        addNotice(this.facts, 'malformed_signal', 'a webhook signal could not be read', now);
        askSoon(this.facts);
      } else if (weighClaim(this.facts, claim, now)) this.received = [...this.received, claim].slice(-KEPT_DIGESTS);
    });
  }

  /** The signal `wake`, from an operator or the reconciliation. */
  wake(note: Partial<OperatorNote> | undefined, now: number): void {
    this.whenLoaded(() => wake(this.facts, note, now));
  }

  /**
   * Leaves `act`, which an update asks for, to the loop, and resolves when the loop has done it between two of its steps. An
   * update handler must not act at once: a replay may deliver an update before the local activity during which it came.
   */
  betweenSteps(act: () => void): Promise<void> {
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

import type { PayinEvent } from './events';
import type { PayinFacts } from './facts';
import { isOutcome, PAYIN_STATUSES, type PayinStatus } from './state';

/**
 * How a pay-in learnt a new status. `creation`: from create-order, or since there was none. `watch_end`: no outcome came in
 * time. `poll`: Lesspay was asked without any hint.
 */
export const WAYS_TO_LEARN = ['creation', 'webhook', 'poll', 'operator', 'reconciliation', 'watch_end'] as const;
export type WayToLearn = (typeof WAYS_TO_LEARN)[number];

/** A change of the status, for the metrics. */
export interface StatusChange {
  readonly from: PayinStatus;
  readonly to: PayinStatus;
  readonly learnt: WayToLearn;
}

/**
 * What a `transition` event says, and how the status was learnt.
 * @param facts the pay-in's, after it
 * @param before the events that are written together with it, the older ones
 * @returns undefined if the event is not a transition
 */
export function statusChange(
  { kind, source, data }: PayinEvent,
  facts: Pick<PayinFacts, 'digests'>,
  before: readonly PayinEvent[],
): StatusChange | undefined {
  const [from, to] = [status(data['from']), status(data['to'])];
  if (kind !== 'transition' || !from || !to) return undefined;
  return { from, to, learnt: wayTo(from, to, source, facts, before) };
}

function wayTo(
  from: PayinStatus,
  to: PayinStatus,
  source: PayinEvent['source'],
  { digests }: Pick<PayinFacts, 'digests'>,
  before: readonly PayinEvent[],
): WayToLearn {
  if (source === 'operator') return 'operator';
  if (to === 'UNRESOLVED') return 'watch_end';
  const hint = before.findLast(({ kind, data }) => kind === 'webhook' || (kind === 'operator' && isQuestion(data)));
  if (hint?.kind === 'operator') return hint.data['who'] === 'reconciliation' ? 'reconciliation' : 'operator';
  // A webhook of this order may have been written before: it is asked about for a while. After an outcome it may be an old one.
  if (hint || (digests.length > 0 && !isOutcome(from))) return 'webhook';
  return from === 'CREATING' ? 'creation' : 'poll';
}

/** Does the operator's action make the pay-in ask Lesspay? */
const isQuestion = ({ action }: PayinEvent['data']): boolean => action === 'wake' || action === 'pollNow';

const status = (word: unknown): PayinStatus | undefined => PAYIN_STATUSES.find((known) => known === word);

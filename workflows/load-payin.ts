import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { PayinActivities } from '../activities/payin-activities';
import { firstFacts, type PayinFacts } from './payin-facts';
import type { ResumeInput } from './payin-messages';
import { quickThenDurable } from './quick-then-durable';

const quick = proxyLocalActivities<PayinActivities>({
  startToCloseTimeout: '3 seconds',
  retry: { maximumAttempts: 1 },
});
const durable = proxyActivities<PayinActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});
const load = quickThenDurable(quick.loadPayin, durable.loadPayin);
const reset = quickThenDurable(quick.wasReset, durable.wasReset);

/** What the runs before this one knew. */
export interface Known {
  readonly facts: PayinFacts;
  /** The run whose later knowledge could not be read. */
  readonly unread_run_id?: string;
}

/** Undefined where nobody knows anything. Asked for until it is answered. */
export async function loadPayin(resume: ResumeInput['resume']): Promise<Known | undefined> {
  const known = await load('load what is known of the pay-in', resume);
  if (!known || 'facts' in known) return known ?? undefined;
  const { input, started_at, ...unread } = known;
  return { facts: firstFacts(input, started_at), ...unread };
}

/** Was this run made by *Reset*? It may then have forgotten an order that it made. */
export const wasReset = (request_id: string): Promise<boolean> => reset('was this run reset?', request_id);

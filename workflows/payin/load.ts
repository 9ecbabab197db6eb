import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { KnownPayin, PayinActivities } from '../../activities/payin';
import { firstFacts } from '../../payin/facts';
import type { ResumeInput } from './messages';
import { quickThenDurable } from '../loop/quick-then-durable';

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

/** What the runs before this one knew; no facts where nobody knows anything. */
export type Known = Omit<KnownPayin, 'input' | 'started_at'>;

/** Asked for until it is answered. */
export async function loadPayin(resume: ResumeInput['resume']): Promise<Known> {
  const {
    input,
    started_at = 0,
    ...known
  }: KnownPayin = (await load('load what is known of the pay-in', resume)) ?? {};
  return input && !known.facts ? { ...known, facts: firstFacts(input, started_at) } : known;
}

/** Was this run made by *Reset*? It may then have forgotten an order that it made. */
export const wasReset = (request_id: string): Promise<boolean> => reset('was this run reset?', request_id);

import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { PayinActivities } from '../activities/payin-activities';
import { firstFacts, type PayinFacts } from './payin-facts';
import type { ResumeInput } from './payin-messages';
import { quickThenDurable } from './quick-then-durable';

const load = quickThenDurable(
  proxyLocalActivities<PayinActivities>({ startToCloseTimeout: '3 seconds', retry: { maximumAttempts: 1 } }).loadPayin,
  proxyActivities<PayinActivities>({
    startToCloseTimeout: '30 seconds',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  }).loadPayin,
);

/** What the runs before this one knew; undefined where nobody knows. Asked for until it is answered. */
export async function loadPayin(resume: ResumeInput['resume']): Promise<PayinFacts | undefined> {
  const known = await load('load what is known of the pay-in', resume);
  if (!known) return undefined;
  return 'facts' in known ? known.facts : firstFacts(known.input, known.started_at);
}

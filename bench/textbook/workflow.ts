import { condition, proxyActivities, setHandler, Trigger } from '@temporalio/workflow';
import { isOutcome, type Payin, type PayinRequest } from '../duties/payin';
import type { Steps } from '../duties/steps';
import { checkoutUpdate, webhookSignal } from './messages';

const { createOrder, queryStatus, saveRecord, notify } = proxyActivities<Steps>({ startToCloseTimeout: '30 seconds' });

/** A pay-in as a good engineer writes it in a day: each step is an ordinary activity, and nothing is made sure of twice. */
export async function textbook(request: PayinRequest, notifies: boolean): Promise<Payin> {
  const page = new Trigger<Payin>();
  let hinted = false;
  setHandler(checkoutUpdate, async () => page);
  setHandler(webhookSignal, () => void (hinted = true));

  let payin = await createOrder(request);
  const ordered_at = Date.now();
  await saveRecord(payin);
  page.resolve(payin);
  while (!isOutcome(payin)) {
    await condition(() => hinted, '1 minute');
    hinted = false;
    payin = { ...payin, status: await queryStatus(payin.request_id, ordered_at) };
  }
  await saveRecord(payin);
  if (notifies) await notify(payin);
  return payin;
}

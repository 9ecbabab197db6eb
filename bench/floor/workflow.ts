import { condition, proxyActivities, proxyLocalActivities, setHandler, Trigger } from '@temporalio/workflow';
import type { FloorActivities } from './worker';
import { paidSignal, startedUpdate } from './messages';

const { doNothing } = proxyActivities<FloorActivities>({ startToCloseTimeout: '30 seconds' });
const { doNothing: doNothingQuickly } = proxyLocalActivities<FloorActivities>({ startToCloseTimeout: '30 seconds' });

/** The least that Temporal can do for a pay-in: an update, one activity, one signal, one local activity, and no work. */
export async function floor(): Promise<{ status: string }> {
  const started = new Trigger<void>();
  let paid = false;
  setHandler(startedUpdate, () => started);
  setHandler(paidSignal, () => void (paid = true));
  await doNothing();
  started.resolve();
  await condition(() => paid);
  await doNothingQuickly();
  return { status: 'SUCCEED' };
}

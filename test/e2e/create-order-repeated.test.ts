import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { temporal } from '../machinery/temporal-cli';
import { waitFor } from '../machinery/wait-for';

/**
 * "One attempt" is a wish: an operator's Pause, Reset or Update Options of the activity has the server send create-order
 * again, with its attempts counted anew even. Lesspay must not hear of it.
 */

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/** Of the activity create-order, the first of its pay-in. */
type Act = (request_id: string) => Promise<unknown>;

const activity =
  (action: string, ...more: string[]): Act =>
  (request_id) =>
    temporal('activity', action, '-w', `payin-${request_id}`, '-a', '1', ...more);
const workflow =
  (action: string): Act =>
  (request_id) =>
    temporal('workflow', action, '-w', `payin-${request_id}`);

const pending = async (request_id: string) => (await rig.handle(request_id).describe()).raw.pendingActivities?.[0];

/** Its first attempt has failed: the server keeps it, or has told the run. */
const failed: Act = (request_id) =>
  waitFor(
    async () => {
      const activity = await pending(request_id);
      return !activity || Boolean(activity.lastFailure);
    },
    { what: 'the failed attempt' },
  );

const raiseAttempts = activity('update-options', '--retry-maximum-attempts', '5');

const OPERATIONS: Readonly<Record<string, readonly Act[]>> = {
  'paused while it was under way, and unpaused': [activity('pause'), failed, activity('unpause')],
  'allowed 5 attempts while it was under way': [raiseAttempts],
  'paused, allowed 5 attempts, and unpaused': [activity('pause'), failed, raiseAttempts, activity('unpause')],
  'paused, and reset: it is its first attempt again': [activity('pause'), failed, activity('reset')],
  'reset while it was under way': [activity('reset')],
  'paused and reset while it was under way': [
    activity('pause'),
    activity('reset', '--keep-paused'),
    failed,
    activity('unpause'),
  ],
  'allowed 5 attempts and reset while it was under way': [raiseAttempts, activity('reset')],
  'paused with its run, which goes on': [workflow('pause'), failed, workflow('unpause')],
};

it.each(Object.entries(OPERATIONS))(
  'a create-order in doubt that is %s is looked up, not sent again',
  async (_title, acts) => {
    const request_id = newRequestId();
    // The order is made, and its answer lost.
    rig.sandbox.faults.add({ on: 'create', request_id, answer_delay_ms: 1_500, drop: 'after', times: 2 });
    const posted = rig.post(requestOf(request_id));
    await waitFor(() => rig.sandbox.calls(request_id).create_calls === 1, { what: 'create-order' });
    for (const act of acts) await act(request_id);

    await waitFor(async () => (await rig.state(request_id)).pay_order_id !== undefined, { what: 'the look-up' });
    expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 1 });
    expect((await posted).body['code']).toBe('checkout_url_lost');
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  },
);

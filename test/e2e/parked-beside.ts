import { keepUnmatched } from '../../client/keep-unmatched';
import { signalNotification } from '../../client/signal-notification';
import { startReconciliation } from '../../client/reconcile';
import { SANDBOX_MERCHANT } from '../../settings';
import { notificationWorkflowId } from '../../workflows/notification/messages';
import { unmatchedOrderId } from '../../workflows/unmatched/messages';
import { newRequestId, requestOf, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import type { ParkedAt } from './parked-at';

/** The waits of the workflows beside the pay-in's. */

interface ParkingBeside {
  readonly at: ParkedAt;
  /** The id of a workflow that is there, or will be at once. */
  readonly park: (rig: PayinRig) => Promise<string>;
}

const notificationOf = (request_id: string) => notificationWorkflowId(request_id, SANDBOX_MERCHANT.name);

async function started(rig: PayinRig, request_id = newRequestId()): Promise<string> {
  await rig.post(requestOf(request_id));
  return request_id;
}

export const PARKED_BESIDE: Readonly<Record<string, ParkingBeside>> = {
  /** All is sent again. */
  notified: {
    at: 'the end',
    async park(rig) {
      const request_id = await started(rig);
      await waitFor(() => rig.sandbox.merchant.received(request_id).length > 0, { what: 'the notification' });
      await signalNotification(rig.client, { request_id, endpoint: SANDBOX_MERCHANT.name }, 'resend', {});
      return notificationOf(request_id);
    },
  },
  'endpoint-down': {
    at: 'activity',
    async park(rig) {
      const request_id = newRequestId();
      rig.sandbox.faults.add({ on: 'notification', request_id, http_status: 500, times: null });
      return notificationOf(await started(rig, request_id));
    },
  },
  /** Nobody has been found whose order it is: looked for again. */
  unmatched: {
    at: 'timer',
    async park(rig) {
      const pay_order_id = `P${newRequestId()}`;
      const claim = { pay_order_id, order_status: 'SUCCEED', digest: pay_order_id, version: 'v2' } as const;
      const webhook = { ...claim, received_at: new Date().toISOString() };
      await keepUnmatched(rig.client, pay_order_id, webhook);
      return unmatchedOrderId(pay_order_id);
    },
  },
  /** One payment was missed: the pay-in is woken, and looked at again. Beside all others that are parked it takes long. */
  reconciled: {
    at: 'the end',
    async park(rig) {
      const request_id = newRequestId();
      rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
      await started(rig, request_id);
      rig.sandbox.orders.act(request_id, 'pay');
      const range = { from: Date.now() - 3_600_000, to: Date.now() + 60_000 };
      const handle = await startReconciliation(rig.client, { range, by: 'a test', give_up_after_ms: 600_000 });
      await handle?.result();
      return handle?.workflowId ?? '';
    },
  },
};

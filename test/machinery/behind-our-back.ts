import { WorkflowNotFoundError } from '@temporalio/client';
import { createLesspayClient } from '../../lesspay/client';
import { APP, newRequestId, requestOf, type PayinRig } from './payin-rig';
import { waitFor } from './wait-for';

/** What nobody tells a pay-in of. */

/** An order that Lesspay has, and no pay-in of ours made. */
export async function orderOfNobody(rig: PayinRig, request_id = newRequestId()): Promise<string> {
  const { amount, currency, ...texts } = requestOf(request_id);
  const lesspay = createLesspayClient({ baseUrl: rig.sandbox.url, appId: APP.appId, secret: APP.appSecret });
  const order = { ...texts, target_amount: amount, target_currency: currency, expired_time: 1_800 };
  await lesspay.createOrder({ ...order, notify_url: `${rig.apiUrl}/webhooks/lesspay` });
  return request_id;
}

/** Temporal forgets all runs of the pay-in, as at the end of their retention. */
export const forgetRuns = (rig: PayinRig, request_id: string): Promise<void> =>
  forget(rig, rig.handle(request_id).workflowId);

/** The same for any workflow. */
export async function forget({ client }: PayinRig, workflowId: string): Promise<void> {
  await client.workflowService.deleteWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
  });
  const isGone = () =>
    client.workflow
      .getHandle(workflowId)
      .describe()
      .then(
        () => false,
        (error: unknown) => error instanceof WorkflowNotFoundError,
      );
  await waitFor(isGone, { what: `the deletion of ${workflowId}` });
}

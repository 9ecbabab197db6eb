import { PAYIN_WORKFLOW, checkoutWithStart } from '../../client';
import { newRequestId, requestOf, type PayinRig } from './payin-rig';
import { waitFor } from './wait-for';

/**
 * A pay-in whose workflow tasks time out after two seconds instead of ten: only its first failure is reported to Temporal,
 * the next ones it learns of by the time-out.
 */
export async function startWithShortTasks(rig: PayinRig): Promise<string> {
  const request_id = newRequestId();
  const { options } = checkoutWithStart(requestOf(request_id)).startWorkflowOperation;
  await rig.client.workflow.start(PAYIN_WORKFLOW, { ...options, workflowTaskTimeout: '2 seconds' });
  await waitFor(async () => (await rig.state(request_id)).status === 'PENDING_PAY', { what: 'the order' });
  return request_id;
}

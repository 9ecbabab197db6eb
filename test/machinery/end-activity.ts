import type { Client } from '@temporalio/client';
import { waitFor } from './wait-for';

/** Has a pending activity of that type fail for good, as `temporal activity fail` does. Waits until there is one. */
export async function endActivity(client: Client, workflowId: string, type: string): Promise<void> {
  const pending = async () => {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    return raw.pendingActivities?.find(({ activityType }) => activityType?.name === type)?.activityId;
  };
  const fail = async () =>
    client.workflowService.respondActivityTaskFailedById({
      namespace: client.options.namespace,
      workflowId,
      activityId: (await pending()) ?? null,
      failure: { message: 'mia wants it so', applicationFailureInfo: { nonRetryable: true } },
    });
  // Refused between two tries.
  const hasFailed = () =>
    fail().then(
      () => true,
      () => false,
    );
  await waitFor(hasFailed, { what: `the failure of ${type} that mia wants` });
}

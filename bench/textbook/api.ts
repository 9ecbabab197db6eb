import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { serveApi } from '../duties/api';
import { fromEnvironment } from '../duties/environment';
import { workflowId } from '../duties/payin';
import { checkoutUpdate, TASK_QUEUE, webhookSignal } from './messages';
import type { textbook } from './workflow';

async function main(): Promise<void> {
  const client = new Client({ connection: await Connection.connect({ address: fromEnvironment('TEMPORAL_ADDRESS') }) });
  const notifies = process.env['NOTIFY_URL'] !== undefined;
  serveApi({
    start(request) {
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof textbook>('textbook', {
        workflowId: workflowId(request.request_id),
        taskQueue: TASK_QUEUE,
        args: [request, notifies],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      });
      return client.workflow.executeUpdateWithStart(checkoutUpdate, { startWorkflowOperation });
    },
    hint: (request_id) => client.workflow.getHandle(workflowId(request_id)).signal(webhookSignal),
  });
}

void main();

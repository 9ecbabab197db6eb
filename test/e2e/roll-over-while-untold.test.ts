import { activityInfo } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import { checkoutWithStart } from '../../client/update-with-start';
import { TASK_QUEUE, temporalClient } from '../../temporal.config';
import { fillHistory } from '../machinery/fill-history';
import { fromSetUp } from '../machinery/from-set-up';
import { newRequestId, requestOf } from '../machinery/payin-request';
import { waitFor } from '../machinery/wait-for';

/** Neither the database nor the way to the merchant's notifications works: the run must go on all the same. */
it('a long history goes on in a fresh run while nobody can be told', async () => {
  const address = fromSetUp('TEST_TEMPORAL_ADDRESS');
  const connection = await NativeConnection.connect({ address });
  const client = temporalClient({ namespace: 'default', connectionOptions: { address } });
  let asked = 0;
  const down = () => Promise.reject(new Error(`down, ${activityInfo().isLocal ? 'quick' : 'durable'}`));
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: fromSetUp('TEST_WORKFLOW_BUNDLE') },
    activities: {
      createOrder: async () => ({ pay_order_id: 'P1', checkout_url: 'https://x.example/P1' }),
      queryOrder: async () => {
        asked += 1;
        return { found: true, order: { pay_order_id: 'P1', status: 'PENDING_PAY' } };
      },
      publish: down,
      record: down,
      notify: down,
    },
  });
  await worker.runUntil(async () => {
    const { startWorkflowOperation } = checkoutWithStart(requestOf(newRequestId()));
    const handle = await client.workflow.start('payin', startWorkflowOperation.options);
    const first = (await handle.describe()).runId;
    await waitFor(async () => ((await handle.describe()).raw.pendingActivities ?? []).length === 2, {
      what: 'both down',
    });
    await fillHistory(() => handle.signal('wake', { who: 'a flood', why: 'to fill the history' }));
    const latest = client.workflow.getHandle(handle.workflowId);
    try {
      await waitFor(async () => (await latest.describe()).runId !== first, {
        what: 'the fresh run',
      });
      const before = asked;
      await latest.signal('wake', { who: 'a person', why: 'is it watched?' });
      await waitFor(() => asked > before, { what: 'the question that a person wanted asked' });
      expect(asked).toBeGreaterThan(before);
    } finally {
      await latest.terminate();
    }
  });
  await connection.close();
  await client.connection.close();
});

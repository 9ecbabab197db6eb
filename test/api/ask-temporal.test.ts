import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { askTemporal } from '../../api/payins/ask-temporal';
import { temporalClient } from '../../temporal.config';

let client: Client;
beforeAll(() => {
  client = temporalClient({ namespace: 'default', connectionOptions: { address: '127.0.0.1:1' } });
});
afterAll(() => client.connection.close());

const asked = (error: Error) => askTemporal(client, 1_000, () => Promise.reject(error));

it.each([
  new WorkflowExecutionAlreadyStartedError('Workflow execution already started', 'payin-4711', 'payin'),
  new NamespaceNotFoundError('payments'),
])("$name is Temporal's answer: the caller hears that nothing is lost, and asks again", async (error) => {
  await expect(asked(error)).rejects.toMatchObject({ code: 'temporal_refused', status: 503 });
});

it('an error of our own is no answer of Temporal', async () => {
  const fault = new TypeError('a fault of ours');
  await expect(asked(fault)).rejects.toBe(fault);
});

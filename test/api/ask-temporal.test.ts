import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { askTemporal } from '../../api/payins/ask-temporal';
import { temporalClient } from '../../temporal.config';

let client: Client;
beforeAll(() => {
  client = temporalClient({ namespace: 'default', connectionOptions: { address: '127.0.0.1:1' } });
});
afterAll(() => client.connection.close());

const asked = (thrown: Error) =>
  askTemporal(client, 1_000, () => {
    throw thrown;
  });

it.each([
  ['has already started', new WorkflowExecutionAlreadyStartedError('already started', 'payin-4711', 'payin')],
  ['is in no namespace', new NamespaceNotFoundError('payments')],
])("a run that %s: Temporal's answer, so the caller asks again", async (_what, error) => {
  await expect(asked(error)).rejects.toMatchObject({ code: 'temporal_refused', status: 503 });
});

it('an error of our own is no answer of Temporal', async () => {
  const fault = new TypeError('a fault of ours');
  await expect(asked(fault)).rejects.toBe(fault);
});

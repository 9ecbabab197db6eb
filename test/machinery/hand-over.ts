import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createPublishingActivities, type PublishingActivitiesDeps } from '../../activities/publish';
import type { Endpoint } from '../../merchant/endpoint';
import { createMerchant } from '../../merchant/merchant';
import type { HandOver } from '../../workflows/notification/messages';
import type { Batch, PublishingActivities } from '../../workflows/payin/activities';

interface Deps extends Pick<PublishingActivitiesDeps, 'client' | 'records'> {
  readonly endpoints: readonly Endpoint[];
}

/** What the pay-in's publish step does if the endpoints did not take the events at once. */
export async function handOver(
  { client, records, endpoints }: Deps,
  message: HandOver,
  environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }),
): Promise<void> {
  const { notify } = createPublishingActivities({ client, records, merchant: createMerchant({ endpoints }) });
  const batch = { ...message, last_event: message.events.at(-1)?.number ?? 0, handed_over: [] };
  await environment.run<[Batch], readonly string[], PublishingActivities['notify']>(notify, batch);
}

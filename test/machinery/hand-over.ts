import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createNotificationActivities, type NotificationActivitiesDeps } from '../../activities/notification';
import type { HandOver } from '../../workflows/notification/messages';
import type { HandOverActivities } from '../../workflows/payin/activities';

type Deps = Pick<NotificationActivitiesDeps, 'client' | 'records' | 'endpoints'>;

/** What the pay-in's publish step does. */
export const handOver = (
  { client, records, endpoints }: Deps,
  message: HandOver,
  environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }),
): Promise<void> =>
  environment.run<[HandOver], void, HandOverActivities['notify']>(
    createNotificationActivities({ client, records, endpoints }).notify,
    message,
  );

import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import {
  createNotifyActivities,
  type NotifyActivities,
  type NotifyActivitiesDeps,
} from '../../activities/notification';
import type { HandOver } from '../../workflows/notification/messages';

type Deps = Pick<NotifyActivitiesDeps, 'client' | 'orders' | 'endpoints'>;

/** What the pay-in's publish step does. */
export const handOver = (
  { client, orders, endpoints }: Deps,
  message: HandOver,
  environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }),
): Promise<void> =>
  environment.run<[HandOver], void, NotifyActivities['notify']>(
    createNotifyActivities({ client, orders, endpoints }).notify,
    message,
  );

import { ApplicationFailure } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { DeliverRequest } from '../../workflows/notification/activities';
import type { Metrics } from './metrics';

/** Counts the attempts of the activity `deliver`, by endpoint. */
export function countDeliveries({ attempts, notificationLag }: Metrics): ActivityInterceptorsFactory {
  return ({ info: { activityType } }) => ({
    inbound: {
      async execute(input, next) {
        const [request] = input.args;
        if (activityType !== 'deliver' || !isDeliverRequest(request)) return next(input);
        const { endpoint, notification } = request;
        try {
          const result = await next(input);
          attempts.add(1, { endpoint, result: 'delivered' });
          notificationLag.record(Math.max(Date.now() - Date.parse(notification.event.at), 0) / 1_000, { endpoint });
          return result;
        } catch (error) {
          const isHeldBack = error instanceof ApplicationFailure && error.type === 'EndpointHeldBack';
          attempts.add(1, { endpoint, result: isHeldBack ? 'held_back' : 'failed' });
          throw error;
        }
      },
    },
  });
}

const isDeliverRequest = (args: unknown): args is DeliverRequest =>
  typeof args === 'object' && args !== null && 'endpoint' in args && 'notification' in args;

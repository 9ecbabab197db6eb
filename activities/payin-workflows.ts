import { isGrpcServiceError, ServiceError, type Client } from '@temporalio/client';
import type { ClaimingPayins } from './unmatched-order';
import { payinHasRun } from '../client/last-run';
import { payinOfOrder } from '../client/payin-of-order';
import { isRunning, signalPayin } from '../client/signal-payin';
import type { PayinWorkflows } from '../reconciliation/check-orders';
import { wakeSignal, webhookSignal } from '../workflows/payin/messages';

/** The pay-ins' workflows as the reconciliation wakes them, and as orders that nobody knows look for them. */
export function payinWorkflows(client: Client): PayinWorkflows & ClaimingPayins {
  return {
    isKnown: (request_id) => payinHasRun(client, request_id),
    ofOrder: (pay_order_id) => payinOfOrder(client, pay_order_id),
    async receive(request_id, webhook) {
      await signalPayin(client, request_id, webhookSignal, webhook);
    },
    isRunning: (request_id) => isRunning(client, request_id),
    async wake(request_id, why) {
      try {
        const how = await signalPayin(client, request_id, wakeSignal, { who: 'reconciliation', why });
        return how === 'resumed' ? 'resumed' : 'woken';
      } catch (error) {
        if (isRefused(error)) return 'refused';
        throw error;
      }
    },
  };
}

/** gRPC's INVALID_ARGUMENT: e.g. the run has had too many signals, and the same one would be refused for ever. */
const isRefused = (error: unknown): boolean =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && error.cause.code.valueOf() === 3;

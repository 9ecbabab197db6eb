import { isGrpcServiceError, ServiceError, type Client } from '@temporalio/client';
import type { ClaimingPayins } from './unmatched-order';
import { payinHasRun } from '../client/last-run';
import { payinOfOrder } from '../client/payin-of-order';
import { isRunning, signalPayin } from '../client/signal-payin';
import type { PayinWorkflows } from '../reconciliation/check-orders';
import { wakeSignal, webhookSignal } from '../workflows/payin/messages';

/** Access to the pay-ins' workflows: for the reconciliation, and for the search for an unmatched order's pay-in. */
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

/** gRPC's INVALID_ARGUMENT, e.g. because the run has too many signals. Temporal would refuse the same signal again. */
const isRefused = (error: unknown): boolean =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && error.cause.code.valueOf() === 3;

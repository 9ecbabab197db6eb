import type { Client } from '@temporalio/client';
import { payinRequest, startPayin } from '../../client';
import { payinRequestOf, type StartPayin } from './start-payin';

/** Starts pay-ins with Temporal's client and the project's `client/`. The API then only receives Lesspay's webhooks. */
export function startOverTemporal(client: Client): StartPayin {
  return async (order) => {
    const request = payinRequest.parse(payinRequestOf(order));
    const outcome = await startPayin(client, request, { timeoutMs: 10_000 });
    if (outcome.kind === 'started' || outcome.kind === 'existing') return outcome.payin.checkout_url;
    if (outcome.kind === 'pending') return undefined;
    throw new Error(`the pay-in has no checkout page: ${outcome.kind}`);
  };
}

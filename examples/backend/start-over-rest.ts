import { z } from 'zod';
import { payinRequestOf, type StartPayin } from './start-payin';

const answer = z.looseObject({
  checkout_url: z.string().optional(),
  /** This and `detail` are in a problem document. */
  code: z.string().optional(),
  detail: z.string().optional(),
});

/** Longer than the 10 s that `POST /payins` waits for the checkout page. */
const TIMEOUT_MS = 15_000;

/** Starts pay-ins with `POST /payins`. */
export function startOverRest(apiUrl: string, apiKey: string): StartPayin {
  return async (order) => {
    const response = await fetch(`${apiUrl}/payins`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(payinRequestOf(order)),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { checkout_url, code, detail } = answer.parse(await response.json());
    // 201: started. 200: it existed already. 202: there is no checkout page yet.
    if (!response.ok) throw new Error(`POST /payins answered ${response.status} ${code}: ${detail}`);
    return checkout_url;
  };
}

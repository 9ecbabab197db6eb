import { z } from 'zod';
import { seal, type SealingKeys, unseal } from './sealed';

/** What the card form of a payment session is drawn with. Both are secrets. */
export interface PaymentSession {
  readonly token: string;
  readonly secret: string;
}

const paymentSession = z.object({ token: z.string(), secret: z.string() });

const about = (request_id: string): string => `payment_session of ${request_id}`;

export const sealSession = ({ token, secret }: PaymentSession, request_id: string, keys: SealingKeys): string =>
  seal(JSON.stringify({ token, secret }), about(request_id), keys);

/** @returns undefined when none of the keys opens it */
export function openSession(sealed: string, request_id: string, keys: SealingKeys): PaymentSession | undefined {
  const text = unseal(sealed, about(request_id), keys);
  return text === undefined ? undefined : paymentSession.parse(JSON.parse(text));
}

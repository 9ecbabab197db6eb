import { Webhook } from 'standardwebhooks';

export interface Signed {
  readonly id: string;
  /** The time of this attempt, epoch ms. */
  readonly at: number;
  /** The body as it is sent. */
  readonly text: string;
}

/** The headers of Standard Webhooks. Every secret signs, so that the receiver can change to a new secret at any time. */
export function signedHeaders({ id, at, text }: Signed, secrets: readonly string[]): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), text));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
}

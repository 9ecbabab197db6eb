import { Webhook } from 'standardwebhooks';

export interface Signed {
  readonly id: string;
  /** Of this attempt, epoch ms. */
  readonly at: number;
  /** The body, byte for byte. */
  readonly text: string;
}

/** The headers of Standard Webhooks: signed with every secret, so that a receiver may change its own at any time. */
export function signedHeaders({ id, at, text }: Signed, secrets: readonly string[]): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), text));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
}

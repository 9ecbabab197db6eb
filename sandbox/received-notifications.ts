import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

/** Older notifications are deleted. */
const MAX_KEPT = 5_000;

/** The members of a notification that the merchant needs. Other members are allowed. */
const notificationBody = z.looseObject({
  type: z.string(),
  data: z.looseObject({
    payin: z.looseObject({ request_id: z.string(), status: z.string() }),
    event: z.looseObject({ number: z.int(), kind: z.string() }),
  }),
});

export interface ReceivedNotification {
  /** Epoch ms, real time. */
  readonly at: number;
  readonly webhook_id: string;
  /** `null` when the body can't be read; so are the next three. */
  readonly request_id: string | null;
  readonly number: number | null;
  readonly type: string | null;
  /** The status of the pay-in in the notification. */
  readonly status: string | null;
  /** Is its signature valid? */
  readonly verified: boolean;
  /** A notification with the same `webhook-id` was taken before, so this one is ignored. */
  readonly repeated: boolean;
  /** The answer; 0 when the connection was closed without one. */
  readonly http_status: number;
}

export interface Arrived {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes notifications as a merchant's backend should: verifies them, and takes each `webhook-id` once. */
export class ReceivedNotifications {
  private received: ReceivedNotification[] = [];
  private readonly webhook: Webhook;

  constructor(secret: string) {
    this.webhook = new Webhook(secret);
  }

  /** @param answer the HTTP status of a fault; undefined: 204, or 401 for a wrong signature */
  receive(arrived: Arrived, answer: number | undefined): ReceivedNotification {
    const read = this.read(arrived);
    const repeated = read.verified && this.taken(read.webhook_id);
    const http_status = answer ?? (read.verified ? 204 : 401);
    const notification = { at: Date.now(), ...read, repeated, http_status };
    this.received = [...this.received, notification].slice(-MAX_KEPT);
    return notification;
  }

  /** Oldest first, of all pay-ins or of one. */
  list(request_id?: string): readonly ReceivedNotification[] {
    return this.received.filter((one) => request_id === undefined || one.request_id === request_id);
  }

  private taken(webhook_id: string): boolean {
    return this.received.some((one) => one.webhook_id === webhook_id && one.verified && one.http_status === 204);
  }

  private read({ text, headers }: Arrived): Omit<ReceivedNotification, 'at' | 'repeated' | 'http_status'> {
    const { data: body } = notificationBody.safeParse(jsonOf(text));
    return {
      webhook_id: headers['webhook-id'] ?? '',
      request_id: body?.data.payin.request_id ?? null,
      number: body?.data.event.number ?? null,
      type: body?.type ?? null,
      status: body?.data.payin.status ?? null,
      verified: this.verifies(text, headers),
    };
  }

  private verifies(text: string, headers: Arrived['headers']): boolean {
    try {
      this.webhook.verify(text, headers, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

/** What came in for the merchant, the newest. */
const MOST_KEPT = 5_000;

/** What the merchant reads of a notification; all else is welcome. */
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
  /** `null` where the body can't be read. */
  readonly request_id: string | null;
  readonly number: number | null;
  readonly type: string | null;
  /** The pay-in's, as the notification tells it. */
  readonly status: string | null;
  /** Is it signed with the secret of this merchant? */
  readonly verified: boolean;
  /** It came before, and was taken then: nothing was done again. */
  readonly repeated: boolean;
  /** What was answered; 0 where the connection was closed instead. */
  readonly http_status: number;
}

export interface Arrived {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A merchant's side of notifications, as its backend would have it: verified, and each taken once by its `webhook-id`. */
export class ReceivedNotifications {
  private received: ReceivedNotification[] = [];
  private readonly webhook: Webhook;

  constructor(secret: string) {
    this.webhook = new Webhook(secret);
  }

  /** @param answer what to answer instead of taking it; absent: what it deserves */
  receive(arrived: Arrived, answer: number | undefined): ReceivedNotification {
    const read = this.read(arrived);
    const repeated = read.verified && this.taken(read.webhook_id);
    const http_status = answer ?? (read.verified ? 204 : 401);
    const notification = { at: Date.now(), ...read, repeated, http_status };
    this.received = [...this.received, notification].slice(-MOST_KEPT);
    return notification;
  }

  /** In the order of arrival, those of all pay-ins or of one. */
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

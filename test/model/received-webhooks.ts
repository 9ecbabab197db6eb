import { z } from 'zod';

export interface ReceivedWebhook {
  readonly digest: string;
  readonly order_status: string | undefined;
  readonly pay_order_id: string | undefined;
  readonly event: string | undefined;
  /** HTTP status of the answer: 200 says that Temporal has taken it. */
  readonly answered: number;
}

const logLine = z.object({
  webhook: z.object({
    digest: z.string(),
    request_id: z.string(),
    order_status: z.string().optional(),
    pay_order_id: z.string().optional(),
    event: z.string().optional(),
  }),
  res: z.object({ status: z.number() }),
});

/** The verified webhooks that the API received, by its own log. */
export class ReceivedWebhooks {
  private readonly byRequest = new Map<string, ReceivedWebhook[]>();

  readonly read = (line: string): void => {
    const { data } = logLine.safeParse(JSON.parse(line));
    if (!data) return;
    const { request_id, digest, order_status, pay_order_id, event } = data.webhook;
    const received = { digest, order_status, pay_order_id, event, answered: data.res.status };
    this.byRequest.set(request_id, [...this.of(request_id), received]);
  };

  of(request_id: string): readonly ReceivedWebhook[] {
    return this.byRequest.get(request_id) ?? [];
  }
}

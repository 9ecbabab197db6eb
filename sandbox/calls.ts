/** Counters. `create_calls` counts each create-order with a valid signature, also a refused one. */
export interface Calls {
  readonly create_calls: number;
  readonly orders_created: number;
  readonly query_calls: number;
  readonly webhooks_sent: number;
  readonly webhooks_acknowledged: number;
}

const NONE: Calls = { create_calls: 0, orders_created: 0, query_calls: 0, webhooks_sent: 0, webhooks_acknowledged: 0 };

/** Counts since the start of the sandbox: in total, and for each `request_id`. */
export class CallCounter {
  private total = NONE;
  private readonly perOrder = new Map<string, Calls>();

  count(what: keyof Calls, request_id: string | undefined): void {
    this.total = { ...this.total, [what]: this.total[what] + 1 };
    if (request_id === undefined) return;
    const calls = this.perOrder.get(request_id) ?? NONE;
    this.perOrder.set(request_id, { ...calls, [what]: calls[what] + 1 });
  }

  read(request_id?: string): Calls {
    return request_id === undefined ? this.total : (this.perOrder.get(request_id) ?? NONE);
  }
}

import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SandboxError } from './errors';
import { sandboxOrder, type SandboxOrder } from './order';

/**
 * The sandbox's orders: in memory, and with `dir` also in one file each.
 * A file is written completely and then renamed, so after SIGKILL it has the old order or the new one, never a part.
 * (It is not synced to the disk: a power failure may lose the last orders.)
 */
export class OrderStore {
  private readonly byId = new Map<string, SandboxOrder>();
  private readonly idOfRequest = new Map<string, string>();
  /** Sorted, so that a page of thousands of orders needs only its rows. */
  private readonly oldestFirst: { readonly id: string; readonly created_at: number }[] = [];

  /** @throws SandboxError `data_unreadable` when a file in `dir` is not an order */
  constructor(private readonly dir?: string) {
    if (dir === undefined) return;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(dir)) {
      if (name.endsWith('.tmp')) rmSync(join(dir, name));
      if (name.endsWith('.json')) this.keep(readOrder(join(dir, name)));
    }
  }

  /** Oldest first. */
  all(): SandboxOrder[] {
    return this.oldestFirst.flatMap(({ id }) => this.byId.get(id) ?? []);
  }

  /** From `start` to `end` (epoch ms, both inclusive), oldest first. */
  idsCreatedWithin(start: number, end: number): string[] {
    return this.oldestFirst.slice(this.countUntil(start - 1), this.countUntil(end)).map(({ id }) => id);
  }

  get(pay_order_id: string): SandboxOrder | undefined {
    return this.byId.get(pay_order_id);
  }

  getByRequestId(request_id: string): SandboxOrder | undefined {
    const id = this.idOfRequest.get(request_id);
    return id === undefined ? undefined : this.byId.get(id);
  }

  save(order: SandboxOrder): void {
    if (this.dir !== undefined) {
      // Not the merchant's request_id, which could be a path.
      const file = join(this.dir, `${order.pay_order_id}.json`);
      writeFileSync(`${file}.tmp`, `${JSON.stringify(sandboxOrder.parse(order), null, 2)}\n`, { mode: 0o600 });
      renameSync(`${file}.tmp`, file);
    }
    this.keep(order);
  }

  private keep(order: SandboxOrder): void {
    const { pay_order_id: id, request_id, created_at } = order;
    // Nearly always the last place; another one when Lesspay's clock was set back.
    if (!this.byId.has(id)) this.oldestFirst.splice(this.countUntil(created_at), 0, { id, created_at });
    this.byId.set(id, order);
    this.idOfRequest.set(request_id, id);
  }

  /** How many orders were created at `instant` or earlier. */
  private countUntil(instant: number): number {
    let [low, high] = [0, this.oldestFirst.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.oldestFirst[middle]?.created_at ?? Infinity) <= instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function readOrder(file: string): SandboxOrder {
  try {
    return sandboxOrder.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new SandboxError('data_unreadable', `${file} is not an order of the sandbox. Delete it and start again.`, {
      cause,
    });
  }
}

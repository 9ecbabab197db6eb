import type { Order } from '../lesspay/answer-schemas';
import type { ListedRow } from '../lesspay/list-answer';
import type { AskedOrder } from '../lesspay/query-answer';
import type { Records } from '../records/payin-records';
import type { PayinRecord } from '../records/payin-record';
import type { NotedDifference, SettledDifference } from '../records/reconciliation-records';
import type { DifferenceAction, DifferenceKind } from '../records/reconciliation-report';
import {
  compareOrder,
  type Listed,
  type OrderDifference,
  oursOf,
  remedy,
  type Remedy,
  remedyOfMissing,
  theirsOf,
} from './compare-order';

/** The pay-ins' workflows, as far as a reconciliation has to do with them. */
export interface PayinWorkflows {
  /** Has Temporal a run of it, running or ended? */
  isKnown(request_id: string): Promise<boolean>;
  isRunning(request_id: string): Promise<boolean>;
  /** Has it ask Lesspay now, in a new run where none is running. `refused` where Temporal takes no signal for it. */
  wake(request_id: string, why: string): Promise<Extract<DifferenceAction, 'woken' | 'resumed' | 'refused'>>;
}

export interface CheckDeps {
  readonly records: Pick<Records, 'findMany' | 'findByPayOrderId'>;
  readonly workflows: PayinWorkflows;
  /** By how it begins; of others, only those are ours that we know. */
  readonly isOurs: (request_id: string) => boolean;
  /** Asks Lesspay for the one order of this record. */
  readonly lookUp: (record: PayinRecord) => Promise<Order | 'not_found' | 'unreadable'>;
}

/** Compares orders with their records, and wakes the pay-ins that would learn something. Writes nothing. */
export interface Check {
  /** @param place tells rows without any id from others, and is the same when the page is read again */
  page(rows: readonly ListedRow[], place: string): Promise<CheckedPage>;
  /** Of a record whose order the list did not show. */
  unseen(record: PayinRecord): Promise<NotedDifference[]>;
}

export interface CheckedPage {
  readonly differences: readonly NotedDifference[];
  /** How many of its orders are another shop's, and left aside. */
  readonly not_ours: number;
}

export function createCheck({ records, workflows, isOurs, lookUp }: CheckDeps): Check {
  return {
    async page(rows, place) {
      const recordsOf = await recordsOfRows(rows, records);
      const differences: NotedDifference[] = [];
      let not_ours = 0;
      for (const [index, row] of rows.entries()) {
        const ids = idsOf(row);
        const key = orderKey(ids, `${place}.${index}`);
        const records = row.readable ? recordsOf(row.order) : [];
        if (records.length === 0 && (await isAnotherShops(ids))) not_ours += 1;
        else if (!row.readable) differences.push({ ...named(key, ids), kind: 'unreadable_row', ...REPORTED });
        else {
          for (const record of records)
            differences.push(...(await known(orderKey({ ...ids, request_id: record.request_id }), row.order, record)));
          if (records.length === 0) differences.push(...(await unknown(key, row.order)));
        }
      }
      return { differences, not_ours };
    },

    async unseen(record) {
      const key = orderKey(record);
      const order = await lookUp(record);
      if (order === 'unreadable')
        return [{ ...named(key, record), ours: oursOf(record), kind: 'unreadable_row', ...REPORTED }];
      if (order !== 'not_found') return differing(key, order, record);
      const { request_id, last_event } = record;
      const difference = { ...named(key, record), kind: 'not_at_lesspay' as const, ours: oursOf(record) };
      const todo = remedyOfMissing(record);
      if (todo === 'watch' && (await workflows.isRunning(request_id)))
        return [{ ...difference, action: 'watched', result: 'still_differs', last_event }];
      if (todo === 'watch' || todo === 'wake') return woken([difference], request_id, last_event);
      return [{ ...difference, ...left(todo), last_event }];
    },
  };

  /** A contradiction may be no more than a row that was read a moment before the record: asked about again. */
  async function known(key: string, order: Order, record: PayinRecord): Promise<NotedDifference[]> {
    if (!compareOrder(order, record).includes('status_contradicts')) return differing(key, order, record);
    const again = await lookUp(record);
    const [now = record] = await records.findMany([record.request_id]);
    return differing(key, typeof again === 'string' ? order : again, now);
  }

  async function differing(key: string, order: Listed, record: PayinRecord): Promise<NotedDifference[]> {
    const { request_id, last_event } = record;
    const sides = { ...named(key, { ...order, request_id }), ours: oursOf(record), theirs: theirsOf(order) };
    const found = compareOrder(order, record).map((kind) => ({ ...sides, kind, remedy: remedy(kind, order, record) }));
    const wanting = found.filter(({ remedy }) => remedy === 'wake');
    const others = found.filter(({ remedy }) => remedy !== 'wake');
    return [
      ...(await woken(wanting.map(withoutRemedy), request_id, last_event)),
      ...others.map(({ remedy, ...difference }): NotedDifference => ({
        ...difference,
        ...left(remedy),
        last_event,
      })),
    ];
  }

  /**
   * By how its request_id begins, and only where we know neither of its ids: a pay-in may have been started under other
   * settings, and Lesspay may have mixed the ids of one of ours up.
   */
  async function isAnotherShops({ request_id, pay_order_id }: AskedOrder): Promise<boolean> {
    if (request_id === undefined || isOurs(request_id)) return false;
    if (canBeAskedFor(request_id) && (await workflows.isKnown(request_id))) return false;
    if ((await records.findMany([request_id])).length > 0) return false;
    return pay_order_id === undefined || (await records.findByPayOrderId(pay_order_id)) === undefined;
  }

  async function unknown(key: string, order: Order): Promise<NotedDifference[]> {
    const sides = { ...named(key, order), theirs: theirsOf(order) };
    const { request_id } = order;
    if (request_id === undefined || !canBeAskedFor(request_id))
      return [{ ...sides, kind: 'unknown_to_us', ...REPORTED }];
    const kind = (await workflows.isKnown(request_id)) ? 'record_missing' : 'unknown_to_us';
    return woken([{ ...sides, kind }], request_id);
  }

  async function woken(
    differences: readonly Omit<NotedDifference, 'action' | 'result'>[],
    request_id: string,
    last_event?: number,
  ): Promise<NotedDifference[]> {
    if (differences.length === 0) return [];
    const action = await workflows.wake(request_id, differences.map(({ kind }) => kind).join(', '));
    const result = action === 'refused' ? 'still_differs' : 'not_yet';
    return differences.map((difference) => ({
      ...difference,
      action,
      result,
      ...(last_event === undefined ? {} : { last_event }),
    }));
  }
}

const REPORTED = { action: 'reported', result: 'still_differs' } as const;

/** Nobody is woken for it. */
const left = (remedy: Remedy): Pick<NotedDifference, 'action' | 'result'> => ({
  action: remedy === 'flagged' ? 'flagged' : 'reported',
  result: remedy === 'acknowledged' ? 'acknowledged' : 'still_differs',
});

/** What the rule of the pay-in's own query takes for a request_id; with another it could not even ask. */
const canBeAskedFor = (request_id: string): boolean => /^[!-~]{1,64}$/.test(request_id);

/** No id of ours or Lesspay's is longer; an index can't hold any length. */
const MAX_ID = 128;

/** @param otherwise for a row without any id */
export function orderKey({ request_id, pay_order_id }: AskedOrder, otherwise = ''): string {
  if (request_id === undefined && pay_order_id === undefined) return otherwise;
  return `${request_id?.slice(0, MAX_ID) ?? ''} ${pay_order_id?.slice(0, MAX_ID) ?? ''}`;
}

function named(order_key: string, { request_id, pay_order_id }: AskedOrder) {
  return {
    order_key,
    ...(request_id === undefined ? {} : { request_id: request_id.slice(0, MAX_ID) }),
    ...(pay_order_id === undefined ? {} : { pay_order_id: pay_order_id.slice(0, MAX_ID) }),
  };
}

/** The keys by which a page's orders are remembered. */
export const seenKeys = (rows: readonly ListedRow[], place: string) =>
  rows.map((row, index) => {
    const ids = idsOf(row);
    return named(orderKey(ids, `${place}.${index}`), ids);
  });

const idsOf = (row: ListedRow): AskedOrder => (row.readable ? row.order : row.ids);

function withoutRemedy<Found extends { readonly remedy: unknown }>({ remedy: _remedy, ...difference }: Found) {
  return difference;
}

/** By either id: where they are of two records, each is told that the other's is named beside its own. */
async function recordsOfRows(rows: readonly ListedRow[], records: CheckDeps['records']) {
  const listed = rows.flatMap((row) => (row.readable ? [row.order] : []));
  const found = await records.findMany(listed.flatMap(({ request_id }) => request_id ?? []));
  const byRequest = new Map(found.map((record) => [record.request_id, record]));
  const byOrder = new Map<string, PayinRecord>();
  for (const { request_id = '', pay_order_id } of listed) {
    if (pay_order_id === undefined || byRequest.get(request_id)?.pay_order_id === pay_order_id) continue;
    const record = await records.findByPayOrderId(pay_order_id);
    if (record && record.request_id !== request_id) byOrder.set(pay_order_id, record);
  }
  return ({ request_id = '', pay_order_id = '' }: Order): PayinRecord[] =>
    [byRequest.get(request_id), byOrder.get(pay_order_id)].filter((record) => record !== undefined);
}

/** What has become of a difference whose pay-in was woken, by what the record says now. */
export function afterRepair(difference: NotedDifference, record: PayinRecord | undefined): SettledDifference {
  const { order_key, kind, last_event = 0 } = difference;
  if (record && isRepaired(difference, record)) return { order_key, kind, result: 'repaired' };
  const moved = record !== undefined && record.last_event > last_event;
  return { order_key, kind, result: moved ? 'still_differs' : 'not_yet' };
}

function isRepaired({ kind, theirs }: NotedDifference, record: PayinRecord): boolean {
  if (!theirs) return false;
  const differences: readonly DifferenceKind[] = compareOrder(theirs, record);
  const isMissing = kind === 'record_missing' || kind === 'unknown_to_us';
  return isMissing ? differences.length === 0 : !differences.includes(kind);
}

const MENDED_BY_ASKING: ReadonlySet<DifferenceKind> = new Set<OrderDifference | DifferenceKind>([
  'status_behind',
  'id_differs',
  'record_missing',
  'unknown_to_us',
]);

/** May more come of it? A record is first written when the pay-in is woken, then with what Lesspay answered. */
export const mayYetBeRepaired = ({ kind, result }: SettledDifference): boolean =>
  result === 'not_yet' || (result === 'still_differs' && MENDED_BY_ASKING.has(kind));

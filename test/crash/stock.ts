import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { openRecords } from '../../records/open-records';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { type Answered, lookAtPayin, type Order, ordersAt } from './merchant';
import type { StackProcesses } from './stack-processes';

export interface Stock {
  readonly payins: number;
  /** How many are SUCCEED in the API's own words. */
  readonly succeeded: number;
  readonly orders: number;
  /** How many have more than one order. */
  readonly doubled: number;
  /** How many have no order, no end, or another one than SUCCEED. */
  readonly lost: number;
  /** Orders whose checkout page was lost on the way: found and adopted, and their callers told so. */
  readonly adopted: number;
  /** How many have a webhook that was not acknowledged in the end. */
  readonly unacknowledged: number;
  /** Whatever must not be, each with its request_id. */
  readonly problems: readonly string[];
}

/** How long the last webhook may take to come again, ms. */
const REDELIVERY_LIMIT_MS = 30_000;
/** How long the last pay-in may take to end once all are paid, ms. */
const END_LIMIT_MS = 120_000;

/**
 * Waits until what nobody acknowledged has come again and all pay-ins have ended, then compares what the callers were
 * told, what Lesspay has, how the runs ended, and what the API says of them.
 * @param told how each POST was answered at last, in the order of the request_ids
 */
export async function takeStock(
  { client, apiUrl, sandboxUrl, fallen }: Pick<StackProcesses, 'client' | 'apiUrl' | 'sandboxUrl' | 'fallen'>,
  databaseUrl: string,
  request_ids: readonly string[],
  told: readonly (Answered | undefined)[],
): Promise<Stock> {
  await acknowledged(sandboxUrl);
  const ends = await endsOf(client, request_ids);
  const orders = await ordersAt(sandboxUrl);
  const seen = await Promise.all(request_ids.map((id) => lookAtPayin(apiUrl, id)));
  const records = openRecords({ databaseUrl });
  const recorded = await Promise.all(request_ids.map((id) => records.find(id)));
  await records.close();
  const payins = request_ids.map((request_id, index) => ({
    request_id,
    told: told[index],
    end: ends.get(request_id) ?? 'NOT STARTED',
    orders: orders.filter((order) => order.request_id === request_id),
    seen: seen[index],
    recorded: recorded[index]?.status,
  }));
  return {
    payins: payins.length,
    succeeded: payins.filter(isSucceeded).length,
    orders: orders.length,
    doubled: payins.filter((payin) => payin.orders.length > 1).length,
    lost: payins.filter((payin) => payin.orders.length === 0 || payin.end !== 'COMPLETED' || !isSucceeded(payin))
      .length,
    adopted: payins.filter((payin) => isPageLost(payin.told)).length,
    unacknowledged: orders.filter(({ webhooks }) => webhooks.length > 0).length,
    problems: [
      ...payins.flatMap((payin) => problemsOf(payin).map((problem) => `${payin.request_id}: ${problem}`)),
      ...fallen.map((part) => `${part} ended without having been killed`),
    ],
  };
}

interface Payin {
  readonly told: Answered | undefined;
  /** The status of its run. */
  readonly end: string;
  readonly orders: readonly Order[];
  readonly seen: Answered | undefined;
  /** The status in its order record. */
  readonly recorded: string | undefined;
}

const isSucceeded = ({ seen }: Payin): boolean => seen?.status === 'SUCCEED';
const isPageLost = (told: Answered | undefined): boolean => told?.code === 'checkout_url_lost';

function problemsOf({ told, end, orders, seen, recorded }: Payin): string[] {
  const [order] = orders;
  const hasPage = told?.http_status === 200 || told?.http_status === 201;
  const checks: [boolean, string][] = [
    [!told, 'its POST was never answered'],
    [!!told && !hasPage && !isPageLost(told), `its POST was answered ${told?.http_status} ${told?.code}`],
    [hasPage && told.pay_order_id !== order?.pay_order_id, `its POST named ${told?.pay_order_id}, no order of its own`],
    [orders.length !== 1, `has ${orders.length} orders`],
    [!!order && order.status !== 'SUCCEED', `its order is ${order?.status}`],
    [!!order && order.webhooks.length > 0, 'its webhook was never acknowledged'],
    [end !== 'COMPLETED', `its run is ${end}`],
    [seen?.status !== 'SUCCEED', `the API says ${seen?.status ?? 'nothing'}`],
    [recorded !== 'SUCCEED', `its record says ${recorded ?? 'nothing'}`],
    [!!seen && seen.alerts.length > 0, `alerts: ${seen?.alerts.map(({ code }) => code).join(', ')}`],
  ];
  return checks.filter(([broken]) => broken).map(([, problem]) => problem);
}

/** Waits until every webhook was acknowledged. */
async function acknowledged(sandboxUrl: string): Promise<void> {
  for (const until = Date.now() + REDELIVERY_LIMIT_MS; Date.now() < until; await sleep(500)) {
    const orders = await ordersAt(sandboxUrl);
    if (orders.every(({ webhooks }) => webhooks.length === 0)) return;
  }
}

/** The status of each run that there is: of all when all have ended, or as it is when the limit is over. */
async function endsOf(client: Client, request_ids: readonly string[]): Promise<Map<string, string>> {
  const ends = new Map<string, string>();
  for (const until = Date.now() + END_LIMIT_MS; ; await sleep(500)) {
    const open = request_ids.filter((id) => ends.get(id) !== 'COMPLETED');
    if (open.length === 0 || Date.now() > until) return ends;
    const statuses = await Promise.all(open.map((id) => statusOf(client, id)));
    for (const [index, id] of open.entries()) ends.set(id, statuses[index] ?? 'NOT STARTED');
  }
}

async function statusOf(client: Client, request_id: string): Promise<string> {
  try {
    return (await client.workflow.getHandle(payinWorkflowId(request_id)).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'NOT STARTED';
    throw error;
  }
}

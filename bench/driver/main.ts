import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporalClient } from '../../temporal.config';
import { closedLoop, type Life, now, openLoop } from './loops';
import { notificationsOf } from './notifications';
import { type Driven, type LoopResult, type Part, PARTS, plan, type Plan } from './plan';
import { openShop, type Shop } from './shop';
import { cpuTimes, machineTime, peakMemory } from './usage';

/** How long a payer of the open loop looks at the page before paying, ms. In the closed loop nobody waits. */
const LOOKS_MS = 1_000;
/** After the last outcome and notification: what the processes still do for them is measured, too, ms. */
const SETTLE_MS = 300;

type Lived = LoopResult['payins'][number];

/** Drives one round of one contender, as a process of its own, and writes what it measured. */
async function main(): Promise<void> {
  const given = plan.parse(JSON.parse(process.argv[2] ?? ''));
  const { temporal_address, http, in_flight } = given;
  const client =
    temporal_address === undefined
      ? undefined
      : temporalClient({ namespace: 'default', connectionOptions: { address: temporal_address } });
  const shop = openShop(http, client);
  const quick = lifeOf(shop, 0);
  const patient = lifeOf(shop, LOOKS_MS);

  await closedLoop(idsOf('warm', given.warm_up), in_flight, quick);
  const closed = await measure(given, idsOf('closed', given.payins), (ids) => closedLoop(ids, in_flight, quick));
  const open: Driven['open'] = [];
  for (const rate of given.arrivals === 0 ? [] : given.rates) {
    const request_ids = idsOf(`open-${rate}`, given.arrivals);
    open.push({ rate, ...(await measure(given, request_ids, (ids) => openLoop(ids, rate, patient))) });
  }
  const peak_mib = Object.fromEntries(partsOf(given).map(([part, pids]) => [part, peakMemory(pids)]));
  writeFileSync(given.result_file, JSON.stringify({ closed, open, peak_mib } satisfies Driven));
  await client?.connection.close();
}

const idsOf = (loop: string, count: number): string[] =>
  Array.from({ length: count }, (_none, index) => `${loop}-${index + 1}`);

const lifeOf =
  (shop: Shop, looksMs: number): Life<Lived> =>
  async (request_id, intended_at) => {
    await shop.start(request_id);
    const started_at = now();
    const paid_at = started_at + looksMs;
    if (looksMs > 0) await sleep(paid_at - now());
    await Promise.all([shop.pay(request_id), shop.outcome(request_id)]);
    return { request_id, started_ms: started_at - intended_at, paid_at, outcome_ms: now() - paid_at };
  };

/** What a loop's pay-ins cost until the last of them is notified and all is quiet again. */
async function measure(
  given: Plan,
  request_ids: readonly string[],
  loop: (request_ids: readonly string[]) => Promise<Lived[]>,
): Promise<LoopResult> {
  const parts = partsOf(given);
  const processes = parts.map(([, pids]) => pids);
  const [cpuBefore, machineBefore, began] = [cpuTimes(processes), machineTime(), now()];
  const lived = await loop(request_ids);
  const notified =
    given.notifies && given.http ? await notificationsOf(given.http.sandbox_url, request_ids) : undefined;
  await sleep(SETTLE_MS);
  const [cpuAfter, machine] = [cpuTimes(processes), machineTime()];

  const spent = cpuAfter.map((ms, index) => ms - (cpuBefore[index] ?? 0));
  const ours = spent.reduce((sum, ms) => sum + ms, 0);
  const busy = machine.busy - machineBefore.busy;
  const payins = lived.map((life) => {
    const notified_at = notified?.at.get(life.request_id);
    return { ...life, ...(notified_at === undefined ? {} : { notified_ms: notified_at - life.paid_at }) };
  });
  const ends = payins.map(({ paid_at, outcome_ms, notified_ms = 0 }) => paid_at + Math.max(outcome_ms, notified_ms));
  return {
    seconds: (Math.max(...ends) - began) / 1_000,
    cpu_ms: Object.fromEntries(parts.map(([part], index) => [part, spent[index]])),
    others: Math.max(busy - ours, 0) / (machine.total - machineBefore.total),
    repeated: notified?.repeated ?? 0,
    payins,
  };
}

function partsOf({ pids }: Plan): [part: Part, pids: readonly number[]][] {
  const all: Plan['pids'] = { ...pids, driver: [process.pid] };
  return PARTS.flatMap((part): [Part, readonly number[]][] => {
    const processes = all[part];
    return processes === undefined ? [] : [[part, processes]];
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

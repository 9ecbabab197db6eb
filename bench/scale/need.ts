/** What a rate of pay-ins needs, from what one of them costs. docs/scale.md explains each line. */

/** What is measured. CPU times are ms a pay-in. */
export interface Cost {
  readonly worker_cpu_ms: number;
  readonly api_cpu_ms: number;
  readonly temporal_cpu_ms: number;
  readonly postgres_cpu_ms: number;
  readonly workflow_tasks: number;
  readonly activity_tasks: number;
  readonly actions: number;
  readonly history_kib: number;
  /** What a waiting pay-in holds of a worker, MiB. */
  readonly waiting_mib: number;
  /** What a replay costs a worker, CPU ms. */
  readonly replay_cpu_ms: number;
}

/** What is assumed. */
export const ASSUMED = {
  /** Started in a second. */
  payins_per_s: 1_000,
  /** The share that is paid, after `paid_after_s`. The others end when the first poll after their lifetime sees it. */
  paid: 0.8,
  paid_after_s: 180,
  unpaid_after_s: 1_860,
  /** Polls of one pay-in until then (`payin/poll-schedule.ts`). */
  polls_paid: 2,
  polls_unpaid: 9,
  /** How busy a core may be. */
  busy: 0.6,
  /** How long one write of a shard takes, ms, and how busy a shard may be. */
  write_ms: 5,
  shard_busy: 0.25,
  /** How long ended histories are kept, days. */
  retention_days: 7,
  /** Of Temporal Cloud, US dollars: the last public price of a million actions, and of storage for one GB and hour. */
  million_actions: 25,
  active_gbh: 0.042,
  retained_gbh: 0.00105,
} as const;

const MONTH_S = 730 * 3_600;
const GIB_KIB = 1_024 ** 2;

export interface Need {
  readonly waiting: number;
  readonly polls_per_s: number;
  /** create-orders, and queries after a webhook or for a poll. */
  readonly lesspay_calls_per_s: number;
  readonly worker_cores: number;
  /** If every waiting pay-in is in memory, GiB. */
  readonly worker_gib: number;
  /** More cores if none is, so that each poll and webhook needs a replay. */
  readonly replay_cores: number;
  readonly api_cores: number;
  readonly temporal_cores: number;
  readonly postgres_cores: number;
  /** Writes of Temporal's database: each changes the state of one run. */
  readonly transitions_per_s: number;
  readonly shards: number;
  readonly actions_per_s: number;
  readonly actions_dollars_a_payin: number;
  readonly actions_dollars_a_month: number;
  readonly storage_dollars_a_month: number;
}

export function need(cost: Cost, assumed: typeof ASSUMED = ASSUMED): Need {
  const { payins_per_s: rate, paid } = assumed;
  const polls = paid * assumed.polls_paid + (1 - paid) * assumed.polls_unpaid;
  const waiting = rate * (paid * assumed.paid_after_s + (1 - paid) * assumed.unpaid_after_s);
  // A poll is one workflow task more.
  const withPolls = (cpu_ms: number) => cpu_ms * (1 + polls / cost.workflow_tasks);
  const cores = (cpu_ms: number) => (rate * cpu_ms) / 1_000 / assumed.busy;
  // The task is scheduled, started and completed; an activity begins and ends; a start, a webhook, and each timer.
  const transitions = 3 * (cost.workflow_tasks + polls) + 2 * cost.activity_tasks + 2 + polls;
  const actions = cost.actions + 2 * polls;
  const dollars = (actions * assumed.million_actions) / 1e6;
  const active_gb = (waiting * cost.history_kib) / GIB_KIB;
  const retained_gb = (rate * assumed.retention_days * 86_400 * cost.history_kib) / GIB_KIB;
  return {
    waiting,
    polls_per_s: rate * polls,
    lesspay_calls_per_s: rate * (2 + polls),
    worker_cores: cores(withPolls(cost.worker_cpu_ms)),
    worker_gib: (waiting * cost.waiting_mib) / 1_024,
    replay_cores: cores(cost.replay_cpu_ms * (1 + polls)),
    api_cores: cores(cost.api_cpu_ms),
    temporal_cores: cores(withPolls(cost.temporal_cpu_ms)),
    postgres_cores: cores(cost.postgres_cpu_ms),
    transitions_per_s: rate * transitions,
    shards: powerOfTwo((rate * transitions * assumed.write_ms) / 1_000 / assumed.shard_busy),
    actions_per_s: rate * actions,
    actions_dollars_a_payin: dollars,
    actions_dollars_a_month: rate * MONTH_S * dollars,
    storage_dollars_a_month: 730 * (active_gb * assumed.active_gbh + retained_gb * assumed.retained_gbh),
  };
}

/** The next one above. */
const powerOfTwo = (value: number): number => 2 ** Math.ceil(Math.log2(value));

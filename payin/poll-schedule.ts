/**
 * When to ask Lesspay without a hint. Pure. All instants in epoch ms, all spans in ms.
 * See docs/design.md, "The poll schedule".
 */
export interface PollSchedule {
  /** The first poll after the order was made; the gap then doubles. */
  readonly first_ms: number;
  /** The widest gap while the order can be paid. */
  readonly max_ms: number;
  /** One poll this long after the order's lifetime. */
  readonly after_expiry_ms: number;
  /** Then the gap doubles from here ... */
  readonly late_first_ms: number;
  /** ... to here ... */
  readonly late_max_ms: number;
  /** ... until this long after the order's lifetime; */
  readonly late_for_ms: number;
  /** then this gap, to the end of the watch window. */
  readonly slow_ms: number;
  /** The watch window is at least this long, and at least the order's lifetime and `late_for_ms`. */
  readonly watch_ms: number;
  /** The gaps after a webhook's claim that query-order does not yet show. */
  readonly claim_ms: readonly number[];
  /** A claim that query-order has not shown for so long is flagged. It is still asked about. */
  readonly claim_patience_ms: number;
  /** A claim of an earlier status (`mayBeLate`), whose webhook may merely be late, is given up after so long. */
  readonly late_claim_ms: number;
  /** Share of the gap by which an instant is moved either way, so that many pay-ins don't ask at once. */
  readonly jitter: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const DEFAULT_POLL_SCHEDULE: PollSchedule = {
  first_ms: 30 * SECOND,
  max_ms: 5 * MINUTE,
  after_expiry_ms: MINUTE,
  late_first_ms: 5 * MINUTE,
  late_max_ms: HOUR,
  late_for_ms: DAY,
  slow_ms: 6 * HOUR,
  watch_ms: 7 * DAY,
  claim_ms: [SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND],
  claim_patience_ms: 2 * HOUR,
  late_claim_ms: 15 * MINUTE,
  jitter: 0.1,
};

/** The order's life as the schedule sees it. */
export interface Lifetime {
  readonly ordered_at: number;
  readonly expires_at: number;
}

/** The end of the watch window. */
export const watchUntil = (schedule: PollSchedule, { ordered_at, expires_at }: Lifetime): number =>
  Math.max(ordered_at + schedule.watch_ms, expires_at + schedule.late_for_ms);

/** Every planned instant in order, the end of the watch window last. */
export function* pollTimes(schedule: PollSchedule, lifetime: Lifetime): Generator<number> {
  const { ordered_at, expires_at } = lifetime;
  const until = watchUntil(schedule, lifetime);
  yield* doubling(ordered_at, schedule.first_ms, schedule.max_ms, expires_at);
  let at = expires_at + schedule.after_expiry_ms;
  if (at < until) yield at;
  for (at of doubling(at, schedule.late_first_ms, schedule.late_max_ms, expires_at + schedule.late_for_ms)) yield at;
  for (at += schedule.slow_ms; at < until; at += schedule.slow_ms) yield at;
  yield until;
}

function* doubling(from: number, first: number, max: number, before: number): Generator<number> {
  let gap = first;
  for (let at = from + gap; at < before; at += gap) {
    yield at;
    gap = Math.min(gap * 2, max);
  }
}

export interface Poll {
  /** The instant of the schedule; hand it back as `after` for the next one. */
  readonly planned_at: number;
  /** The instant to ask at. */
  readonly at: number;
}

/**
 * The next poll.
 * @param after the last poll's `planned_at` (or the order's creation)
 * @param now polls that were missed before it are skipped, but for the last one of the watch window
 * @param random in [0, 1), for the jitter
 * @returns undefined when the watch window is over
 */
export function nextPoll(
  schedule: PollSchedule,
  lifetime: Lifetime,
  after: number,
  now: number,
  random: number,
): Poll | undefined {
  const until = watchUntil(schedule, lifetime);
  let previous = lifetime.ordered_at;
  for (const planned_at of pollTimes(schedule, lifetime)) {
    const reach = (planned_at - previous) * schedule.jitter;
    if (planned_at > after && (planned_at + reach > now || planned_at === until)) {
      const shift = reach * (2 * random - 1);
      // The end of the window is promised, so it does not come early.
      return { planned_at, at: planned_at === until ? until : Math.round(planned_at + shift) };
    }
    previous = planned_at;
  }
  return undefined;
}

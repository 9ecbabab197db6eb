import { markdownTable } from '../markdown-table';
import { quantile } from '../quantile';

/** What was measured while so many pay-ins waited. */
export interface Level {
  readonly waiting: number;
  /** Of each part, MiB. */
  readonly memory: Readonly<Record<string, number>>;
  /** CPU time that each part used in a second, ms, while nobody called. */
  readonly cpu_ms_per_s: Readonly<Record<string, number>>;
  readonly poll_delays_ms: readonly number[];
  /** Of POSTs one after the other. */
  readonly lone_ms: readonly number[];
}

/** A closed loop with so many worker processes. */
export interface CrewFigures {
  readonly workers: number;
  readonly payins_per_s: number;
  /** Of all workers, a pay-in. */
  readonly worker_cpu_ms: number;
}

interface QueryFigures {
  readonly ms: readonly number[];
  /** A query. */
  readonly worker_cpu_ms: number;
}

export interface ReplayFigures {
  readonly cached: QueryFigures;
  readonly evicted: QueryFigures;
}

export interface Growth {
  readonly levels: readonly Level[];
  readonly replay: ReplayFigures;
  readonly crews: readonly CrewFigures[];
}

/** As Markdown. */
export function growthTables({ levels, replay, crews }: Growth): string {
  /** More than at the first level, for each pay-in more. */
  const perPayin = ({ waiting, memory }: Level, part: string) => {
    const [first] = levels;
    if (!first || waiting === first.waiting) return undefined;
    return ((memory[part] ?? 0) - (first.memory[part] ?? 0)) / (waiting - first.waiting);
  };
  return [
    markdownTable(
      ['waiting pay-ins', ...levels.map(({ waiting }) => String(waiting))],
      [
        ['worker, MiB', ...levels.map(({ memory }) => show(memory['worker'], 0))],
        ['... for each pay-in more', ...levels.map((level) => show(perPayin(level, 'worker'), 2))],
        ['Temporal, MiB', ...levels.map(({ memory }) => show(memory['temporal'], 0))],
        ['... for each pay-in more', ...levels.map((level) => show(perPayin(level, 'temporal'), 2))],
        ['worker, CPU ms in a second', ...levels.map((level) => show(level.cpu_ms_per_s['worker'], 0))],
        ['Temporal, CPU ms in a second', ...levels.map((level) => show(level.cpu_ms_per_s['temporal'], 0))],
        ['polls seen', ...levels.map(({ poll_delays_ms }) => String(poll_delays_ms.length))],
        ['delay of a poll, ms, p50/p95/p99', ...levels.map(({ poll_delays_ms }) => spread(poll_delays_ms))],
        ['lone POST -> 201, ms, p50/p95/p99', ...levels.map(({ lone_ms }) => spread(lone_ms))],
      ],
    ),
    markdownTable(
      ['a query to a waiting pay-in', 'in memory', 'evicted'],
      [
        ['answer, ms, p50/p95/p99', spread(replay.cached.ms), spread(replay.evicted.ms)],
        ['worker, CPU ms', show(replay.cached.worker_cpu_ms, 1), show(replay.evicted.worker_cpu_ms, 1)],
      ],
    ),
    markdownTable(
      ['workers, closed loop', ...crews.map(({ workers }) => String(workers))],
      [
        ['pay-ins/s', ...crews.map(({ payins_per_s }) => show(payins_per_s, 1))],
        ['CPU ms of workers a pay-in', ...crews.map(({ worker_cpu_ms }) => show(worker_cpu_ms, 1))],
      ],
    ),
  ].join('\n\n');
}

const spread = (values: readonly number[]): string =>
  [0.5, 0.95, 0.99].map((share) => show(quantile(values, share), 0)).join('/');

const show = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '-';

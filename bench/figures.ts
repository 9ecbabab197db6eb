import { type LoopResult, type Part, PARTS } from './driver/plan';
import type { HistoryFigures } from './histories';
import { quantile } from './quantile';
import type { Round } from './round';

/** One figure of a round; undefined where the contender has none. */
type Figure = (round: Round) => number | undefined;

/** A row of the table: one figure, or one for each of several percentiles. */
export interface Row {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** After the decimal point. */
  readonly digits: number;
  /** Are two contenders compared by its first figure? */
  readonly compared: boolean;
}

/** The product's own work. The sandbox and the driver stand for the world around it. */
const OWN: readonly Part[] = ['temporal', 'restate', 'worker', 'api', 'postgres'];

const cpu =
  (parts: readonly Part[]): Figure =>
  ({ closed: { cpu_ms, payins } }) => {
    const spent = parts.flatMap((part) => cpu_ms[part] ?? []);
    return spent.length === 0 ? undefined : spent.reduce((sum, ms) => sum + ms, 0) / payins.length;
  };

const peak =
  (part: Part): Figure =>
  ({ peak_mib }) =>
    peak_mib[part];

const ofHistories =
  (name: keyof HistoryFigures, unit = 1): Figure =>
  ({ histories, closed }) =>
    histories && histories[name] / closed.payins.length / unit;

/** A loop of a round, and when the records of its pay-ins were committed. */
interface Loop extends Pick<LoopResult, 'payins'> {
  readonly recorded_ms: readonly number[];
}

const closedLoop = ({ closed: { payins }, recorded_ms }: Round): Loop => ({ payins, recorded_ms: recorded_ms.closed });

const openLoop =
  (rate: number) =>
  ({ open, recorded_ms }: Round): Loop => {
    const index = open.findIndex((loop) => loop.rate === rate);
    return { payins: open[index]?.payins ?? [], recorded_ms: recorded_ms.open[index] ?? [] };
  };

export const LATENCIES = {
  'POST -> 201': ({ payins }: Loop) => payins.map(({ started_ms }) => started_ms),
  'pay -> outcome': ({ payins }: Loop) => payins.map(({ outcome_ms }) => outcome_ms),
  'pay -> record': ({ recorded_ms }: Loop) => recorded_ms,
  'pay -> notification': ({ payins }: Loop) => payins.flatMap(({ notified_ms }) => notified_ms ?? []),
} as const;
export type Latency = keyof typeof LATENCIES;

const SHARES = [0.5, 0.95, 0.99];

const latencies = (name: string, loopOf: (round: Round) => Loop): Row[] =>
  Object.entries(LATENCIES).map(([latency, valuesOf]) => ({
    title: `${name}, ms, ${latency}`,
    figures: SHARES.map((share) => (round: Round) => quantile(valuesOf(loopOf(round)), share)),
    digits: 0,
    compared: true,
  }));

/** The title of a row of latencies in the open loop. */
export const openTitle = (rate: number, latency: Latency): string => `open loop at ${rate}/s, ms, ${latency}`;

const row = (title: string, figure: Figure, digits = 1, compared = false): Row => ({
  title,
  figures: [figure],
  digits,
  compared,
});

/** docs/bench.md says what each of them means. */
export const rowsOf = (rates: readonly number[]): readonly Row[] => [
  row('pay-ins/s, closed loop', ({ closed }) => closed.payins.length / closed.seconds, 1, true),
  row('CPU ms a pay-in, all', cpu(PARTS), 1, true),
  row('CPU ms a pay-in, own', cpu(OWN), 1, true),
  ...PARTS.map((part) => row(`CPU ms a pay-in, ${part}`, cpu([part]), 1, part === 'temporal' || part === 'worker')),
  ...(['temporal', 'restate', 'worker', 'api'] as const).map((part) => row(`peak MiB, ${part}`, peak(part), 0)),
  row('runs a pay-in', ofHistories('runs')),
  row('events a pay-in', ofHistories('events'), 1, true),
  row('workflow tasks a pay-in', ofHistories('workflow_tasks'), 1, true),
  row('activity tasks a pay-in', ofHistories('activity_tasks')),
  row('history KiB a pay-in', ofHistories('bytes', 1_024), 1, true),
  row('billable actions a pay-in', ofHistories('actions'), 1, true),
  ...rates.flatMap((rate) => latencies(`open loop at ${rate}/s`, openLoop(rate))),
  ...latencies('closed loop', closedLoop),
  row('notified again, a round', ({ closed, open }) =>
    [closed, ...open].reduce((sum, { repeated }) => sum + repeated, 0),
  ),
  row('CPU % of other programs', ({ closed }) => closed.others * 100, 0),
];

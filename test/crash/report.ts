import type { CellResult } from './cell';

/** A cell's name and what came of it; an error when it could not be run at all. */
export interface Line {
  readonly cell: string;
  readonly folder: string;
  readonly outcome: CellResult | Error;
}

const COLUMNS: readonly (readonly [title: string, value: (result: CellResult) => number | string])[] = [
  ['pay-ins', ({ payins }) => payins],
  ['at the step', ({ caught }) => caught],
  ['SUCCEED', ({ succeeded }) => succeeded],
  ['orders', ({ orders }) => orders],
  ['doubled', ({ doubled }) => doubled],
  ['lost', ({ lost }) => lost],
  ['adopted', ({ adopted }) => adopted],
  ['redelivered', ({ redelivered }) => redelivered],
  ['unacknowledged', ({ unacknowledged }) => unacknowledged],
  ['seconds', ({ seconds }) => seconds],
];

export const isBroken = ({ outcome }: Line): boolean => outcome instanceof Error || outcome.problems.length > 0;

/** The matrix as a table, one line a cell. */
export function table(lines: readonly Line[]): string {
  const rows = [
    ['killed / at the step', ...COLUMNS.map(([title]) => title), ''],
    ...lines.map((line) => [
      line.cell,
      ...COLUMNS.map(([, value]) => (line.outcome instanceof Error ? '-' : String(value(line.outcome)))),
      isBroken(line) ? 'BROKEN' : 'ok',
    ]),
  ];
  const widths = COLUMNS.map(([title]) => title.length);
  const first = Math.max(...rows.map(([cell = '']) => cell.length));
  return rows
    .map(([cell = '', ...values]) =>
      [cell.padEnd(first), ...values.map((value, index) => value.padStart(widths[index] ?? 0))].join('  ').trimEnd(),
    )
    .join('\n');
}

const SHOWN = 20;

/** What is wrong in a broken cell, and how to look at it. */
export function complaint({ cell, folder, outcome }: Line, cli: string): string {
  const problems = outcome instanceof Error ? [outcome.stack ?? outcome.message] : outcome.problems;
  const more = problems.length > SHOWN ? [`... and ${problems.length - SHOWN} more`] : [];
  return [
    `${cell} is broken:`,
    ...[...problems.slice(0, SHOWN), ...more].map((problem) => `  ${problem}`),
    `  The logs and the sandbox's orders are in ${folder}; the histories are shown by:`,
    `  ${cli} server start-dev --db-filename ${folder}/temporal.db`,
  ].join('\n');
}

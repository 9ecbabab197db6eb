import { COMPARED, type ContenderName } from './contenders';
import { openTitle, type Row, rowsOf } from './figures';
import { markdownTable } from './markdown-table';
import { median } from './quantile';
import type { Round } from './round';

type Medians = readonly (number | undefined)[];

/** Of each row and contender, the medians over its rounds, as they are in the JSON file. */
export interface Summary {
  readonly medians: Readonly<Record<string, Readonly<Partial<Record<ContenderName, Medians>>>>>;
  /** Of each row, the median of one contender divided by that of another, by `one/another`. */
  readonly ratios: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export function summary(rounds: readonly Round[]): Summary {
  const rows = rowsOf(ratesOf(rounds));
  const contenders = [...new Set(rounds.map(({ contender }) => contender))];
  const mediansOf = ({ figures }: Row, name: ContenderName) =>
    figures.map((figure) => median(rounds.flatMap((round) => (round.contender === name ? (figure(round) ?? []) : []))));
  const medians = Object.fromEntries(
    rows.map((row) => [row.title, Object.fromEntries(contenders.map((name) => [name, mediansOf(row, name)]))]),
  );
  const ratios = Object.fromEntries(
    rows.filter(({ compared }) => compared).map(({ title }) => [title, ratiosOf(medians[title] ?? {})]),
  );
  return { medians, ratios };
}

function ratiosOf(medians: Readonly<Partial<Record<ContenderName, Medians>>>): Record<string, number> {
  const pairs = COMPARED.flatMap(([one, another]) => {
    const [above, below] = [medians[one]?.[0], medians[another]?.[0]];
    return above === undefined || !below ? [] : [[`${one}/${another}`, above / below] as const];
  });
  return Object.fromEntries(pairs);
}

const ratesOf = (rounds: readonly Round[]): number[] => [
  ...new Set(rounds.flatMap(({ open }) => open.map(({ rate }) => rate))),
];

/** Both as Markdown: the medians, then the ratios. A row without figures is left out. */
export function tables(rounds: readonly Round[], { medians, ratios }: Summary): string {
  const contenders = [...new Set(rounds.map(({ contender }) => contender))];
  const pairs = COMPARED.map(([one, another]) => `${one}/${another}`).filter((pair) =>
    Object.values(ratios).some((row) => pair in row),
  );
  const rows = rowsOf(ratesOf(rounds));
  const figures = rows.map(({ title, digits }) => [
    title,
    ...contenders.map((name) => cell(medians[title]?.[name] ?? [], digits)),
  ]);
  const compared = rows.map(({ title }) => [title, ...pairs.map((pair) => cell([ratios[title]?.[pair]], 2))]);
  return [
    markdownTable(['medians; latencies: p50/p95/p99', ...contenders], figures.filter(hasFigures)),
    ...(pairs.length > 0 ? [markdownTable(['ratios; latencies: p50', ...pairs], compared.filter(hasFigures))] : []),
  ].join('\n\n');
}

/** What the README shows, as Markdown: a line for each contender, with the latencies of the first rate. */
export function shortTable(rounds: readonly Round[], { medians }: Summary): string {
  const [rate = 0] = ratesOf(rounds);
  const shown: readonly (readonly [title: string, row: string, digits: number])[] = [
    ['pay-ins/s', 'pay-ins/s, closed loop', 1],
    ['CPU ms a pay-in', 'CPU ms a pay-in, own', 0],
    [`POST -> 201 at ${rate}/s, ms`, openTitle(rate, 'POST -> 201'), 0],
    ['pay -> record, ms', openTitle(rate, 'pay -> record'), 0],
    ['pay -> notification, ms', openTitle(rate, 'pay -> notification'), 0],
  ];
  const contenders = [...new Set(rounds.map(({ contender }) => contender))];
  return markdownTable(
    ['', ...shown.map(([title]) => title)],
    contenders.map((name) => [
      `\`${name}\``,
      ...shown.map(([, row, digits]) => cell((medians[row]?.[name] ?? []).slice(0, 1), digits)),
    ]),
  );
}

const hasFigures = ([, ...cells]: readonly string[]): boolean => cells.some((text) => text !== '-');

const cell = (values: Medians, digits: number): string =>
  values.some((value) => value !== undefined)
    ? values.map((value) => (value === undefined ? '-' : value.toFixed(digits))).join('/')
    : '-';

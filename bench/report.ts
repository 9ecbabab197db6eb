import { COMPARED, type ContenderName } from './contenders';
import { type Row, ROWS } from './figures';
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
  const contenders = [...new Set(rounds.map(({ contender }) => contender))];
  const mediansOf = ({ figures }: Row, name: ContenderName) =>
    figures.map((figure) => median(rounds.flatMap((round) => (round.contender === name ? (figure(round) ?? []) : []))));
  const medians = Object.fromEntries(
    ROWS.map((row) => [row.title, Object.fromEntries(contenders.map((name) => [name, mediansOf(row, name)]))]),
  );
  const ratios = Object.fromEntries(
    ROWS.filter(({ compared }) => compared).map(({ title }) => [title, ratiosOf(medians[title] ?? {})]),
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

/** Both as text: the medians, then the ratios. */
export function tables({ medians, ratios }: Summary): string {
  const contenders = [...new Set(Object.values(medians).flatMap((row) => Object.keys(row)))];
  const pairs = COMPARED.map(([one, another]) => `${one}/${another}`).filter((pair) =>
    Object.values(ratios).some((row) => pair in row),
  );
  const figures = ROWS.map(({ title, digits }) => [
    title,
    ...Object.values(medians[title] ?? {}).map((values) => cell(values, digits)),
  ]);
  const compared = ROWS.flatMap(({ title }) => {
    const row = ratios[title];
    return row && Object.keys(row).length > 0 ? [[title, ...pairs.map((pair) => cell([row[pair]], 2))]] : [];
  });
  return [
    table(['medians over the rounds; latencies: p50/p95/p99', ...contenders], figures),
    ...(pairs.length > 0 ? [table(['ratios of these medians; latencies: p50', ...pairs], compared)] : []),
  ].join('\n\n');
}

const cell = (values: Medians, digits: number): string =>
  values.some((value) => value !== undefined)
    ? values.map((value) => (value === undefined ? '-' : value.toFixed(digits))).join('/')
    : '-';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_title, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((text, index) => (index === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[index] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

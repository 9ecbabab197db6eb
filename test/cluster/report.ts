import type { Line } from './scenario';

/** A table in Markdown, one row a line. */
export function table(lines: readonly Line[]): string {
  const columns = [...new Set(lines.flatMap(({ figures }) => Object.keys(figures)))];
  const rows = [
    ['', ...columns, 'result'],
    ...lines.map(({ name, figures, problems }) => [
      name,
      ...columns.map((column) => String(figures[column] ?? '')),
      problems.length === 0 ? 'ok' : `${problems.length} wrong`,
    ]),
  ];
  const widths = rows[0]?.map((_title, index) => Math.max(...rows.map((row) => (row[index] ?? '').length))) ?? [];
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

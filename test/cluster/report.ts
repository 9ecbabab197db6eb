import { markdownTable } from '../../bench/markdown-table';
import type { Line } from './scenario';

/** A table in Markdown, one row a line. */
export function table(lines: readonly Line[]): string {
  const columns = [...new Set(lines.flatMap(({ figures }) => Object.keys(figures)))];
  const rows = lines.map(({ name, figures, problems }) => [
    name,
    ...columns.map((column) => String(figures[column] ?? '')),
    problems.length === 0 ? 'ok' : `${problems.length} wrong`,
  ]);
  return markdownTable(['', ...columns, 'result'], rows);
}

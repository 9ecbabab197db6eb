import type { Difference, OrderSide, ReconciliationReport } from '../records/reconciliation-report';

const HEAD = ['kind', 'request_id', 'pay_order_id', 'ours', 'Lesspay', 'action', 'result'];

/** The differences, a line each, in columns. */
export function differenceTable(differences: readonly Difference[]): string {
  const rows = differences.map(({ kind, request_id, pay_order_id, ours, theirs, action, result }) => [
    kind,
    request_id ?? '-',
    pay_order_id ?? '-',
    side(ours),
    side(theirs),
    action,
    result,
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [HEAD, ...rows].map((cells) => line(cells).trimEnd()).join('\n');
}

const side = (side: OrderSide | undefined): string =>
  side ? [side.status, side.amount, side.currency].filter((part) => part !== undefined).join(' ') : '-';

/** Of what was found, in a few lines. */
export function summary({ outcome, from, to, counts, notes, report_id }: ReconciliationReport): string {
  const { orders, pages, asked_by_id, not_ours, differences, by_kind, by_result } = counts;
  return [
    `${outcome ?? 'running'}: ${orders} orders from ${from} to ${to}, on ${pages} pages, and ${asked_by_id} asked for by id`,
    ...(not_ours > 0 ? [`${not_ours} of them are another shop's (REQUEST_ID_PREFIX), and were left aside`] : []),
    `${differences} differences${differences > 0 ? `: ${listed(by_kind)}; ${listed(by_result)}` : ''}`,
    ...notes.map((note) => `note: ${note}`),
    `report ${report_id}`,
  ].join('\n');
}

const listed = (counts: Readonly<Partial<Record<string, number>>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

/** Is there nothing left that anybody need look at? */
export function isSettled({ outcome, counts }: ReconciliationReport): boolean {
  const { repaired = 0, acknowledged = 0 } = counts.by_result;
  return outcome === 'complete' && counts.differences === repaired + acknowledged;
}

import { statusChange } from '../../payin/learnt-by';
import type { PayinWrite } from '../../records/payin-record';
import type { Records } from '../../records/payin-records';
import type { ReconciliationReport } from '../../records/reconciliation-report';
import { ALERT_CODES, isFirstOutcome, type Metrics } from './metrics';

/**
 * Wraps the order records so that what happens to pay-ins is counted: each event once, when it has been written. A write that
 * is repeated after its success writes nothing, and so counts nothing.
 * @param now the present time, epoch ms
 */
export function countWrites(records: Records, metrics: Metrics, now = Date.now): Records {
  return {
    ...records,
    async record(write) {
      try {
        const recorded = await records.record(write);
        metrics.recordWrites.add(1, { result: recorded.moved ? 'written' : 'ahead' });
        if (recorded.moved) countEvents(write, metrics, now());
        return recorded;
      } catch (error) {
        metrics.recordWrites.add(1, { result: 'failed' });
        throw error;
      }
    },
    reconciliations: {
      ...records.reconciliations,
      async close(end) {
        const before = await records.reconciliations.find(end.report_id);
        const report = await records.reconciliations.close(end);
        if (before?.outcome === undefined) countReport(report, metrics);
        return report;
      },
    },
  };
}

function countEvents({ events, facts }: PayinWrite, metrics: Metrics, now: number): void {
  for (const [index, event] of events.entries()) {
    if (event.kind === 'started') metrics.started.add(1);
    const code = ALERT_CODES.find((known) => known === event.data['code']);
    if (event.kind === 'alert' && code) metrics.alertsRaised.add(1, { code });
    const change = statusChange(event, facts, events.slice(0, index));
    if (!change) continue;
    const { from, to, learnt } = change;
    metrics.transitions.add(1, { to, learnt });
    if (isFirstOutcome(from, to))
      metrics.timeToOutcome.record(Math.max(Date.parse(event.at) - facts.created_at, 0) / 1_000, { outcome: to });
  }
  const [oldest] = events;
  if (oldest) metrics.recordLag.record(Math.max(now - Date.parse(oldest.at), 0) / 1_000);
}

function countReport({ outcome, counts }: ReconciliationReport, { reconciliations, differences }: Metrics): void {
  if (outcome) reconciliations.add(1, { outcome });
  for (const [kind, count] of Object.entries(counts.by_kind)) differences.add(count, { kind });
}

import type { MetricMeter } from '@temporalio/common';
import type { LesspayErrorKind } from '../../lesspay/errors';
import type { AlertCode } from '../../payin/alerts';
import { WAYS_TO_LEARN } from '../../payin/learnt-by';
import { isOutcome, PAYIN_STATUSES, type PayinStatus } from '../../payin/state';
import type { DifferenceKind, ReconciliationOutcome } from '../../records/reconciliation-report';

export type Metrics = ReturnType<typeof createMetrics>;

/** Every code, so that a list of them is complete: TypeScript refuses this object if one is missing. */
export const ALERT_CODES = keysOf<AlertCode>({
  amount_mismatch: 0,
  amount_unit: 0,
  credentials: 0,
  dispute_received: 0,
  ended_with_money: 0,
  history_unreadable: 0,
  identity_mismatch: 0,
  late_payment: 0,
  part_refund: 0,
  query_unreadable: 0,
  request_id_taken: 0,
  status_conflict: 0,
  unconfirmed_claim: 0,
  unknown_event: 0,
  unknown_order: 0,
  unknown_status: 0,
  unresolved: 0,
});

const CALL_RESULTS = keysOf<'ok' | 'failed' | LesspayErrorKind>({
  ok: 0,
  failed: 0,
  invalid_request: 0,
  refused: 0,
  duplicate: 0,
  credentials: 0,
  rate_limited: 0,
  unreachable: 0,
  timeout: 0,
  connection_lost: 0,
  unavailable: 0,
  unreadable: 0,
  misdirected: 0,
  aborted: 0,
});
export type CallResult = (typeof CALL_RESULTS)[number];

export const LESSPAY_ENDPOINTS = ['create', 'query', 'list', 'check'] as const;
export type LesspayEndpoint = (typeof LESSPAY_ENDPOINTS)[number];

export const WRITE_RESULTS = ['written', 'ahead', 'failed'] as const;
/** `held_back`: it was not sent yet, since the endpoint asked for a pause, or has too many calls. */
export const ATTEMPT_RESULTS = ['delivered', 'failed', 'held_back'] as const;

const DIFFERENCE_KINDS = keysOf<DifferenceKind>({
  status_behind: 0,
  status_contradicts: 0,
  unknown_status: 0,
  amount_differs: 0,
  currency_differs: 0,
  id_differs: 0,
  record_missing: 0,
  unknown_to_us: 0,
  not_at_lesspay: 0,
  unreadable_row: 0,
});
const RECONCILIATION_OUTCOMES = keysOf<ReconciliationOutcome>({
  complete: 0,
  incomplete: 0,
  gave_up: 0,
  cancelled: 0,
  skipped: 0,
});

/** The statuses of a pay-in without an outcome. */
export const OPEN_STATUSES = PAYIN_STATUSES.filter((status) => !isOutcome(status));

/**
 * The worker's own metrics, on the page of the SDK's. No label has values from outside, and each counter starts with 0 for
 * every value of its labels: otherwise `increase()` would miss the first failure (docs/metrics.md).
 * @param endpoints the names of the endpoints in NOTIFY_ENDPOINTS
 */
export function createMetrics(meter: MetricMeter, endpoints: readonly string[]) {
  const counter = (name: string, help: string, ...labels: [name: string, values: readonly string[]][]) => {
    const created = meter.createCounter(name, undefined, help);
    for (const tags of combinations(labels)) created.add(0, tags);
    return created;
  };
  const seconds = (name: string, help: string) => meter.createHistogram(name, 'float', 'seconds', help);
  const gauge = (name: string, help: string) => meter.createGauge(name, 'float', undefined, help);
  return {
    started: counter('payin_started', 'Pay-ins that the merchant started, once their order record is written.'),
    transitions: counter(
      'payin_transitions',
      'Changes of a status, once they are in the order record: the new status, and how it was learnt.',
      ['to', PAYIN_STATUSES],
      ['learnt', WAYS_TO_LEARN],
    ),
    timeToOutcome: seconds('payin_time_to_outcome', 'From the start of a pay-in to its first outcome.'),
    alertsRaised: counter('payin_alerts_raised', 'Alerts that were raised, once they are in the order record.', [
      'code',
      ALERT_CODES,
    ]),
    recordWrites: counter('payin_record_writes', 'Writes of order records, by result.', ['result', WRITE_RESULTS]),
    recordLag: seconds('payin_record_lag', 'From the oldest new event of a pay-in to its order record.'),
    calls: counter(
      'lesspay_calls',
      'Calls to Lesspay, by result.',
      ['endpoint', LESSPAY_ENDPOINTS],
      ['result', CALL_RESULTS],
    ),
    callDuration: seconds('lesspay_call_duration', 'How long calls to Lesspay took.'),
    attempts: counter(
      'notification_attempts',
      'Attempts to notify an endpoint, by result.',
      ['endpoint', endpoints],
      ['result', ATTEMPT_RESULTS],
    ),
    notificationLag: seconds('notification_lag', 'From an event to its delivery to an endpoint.'),
    reconciliations: counter('reconciliations', 'Reconciliations that ended, by outcome.', [
      'outcome',
      RECONCILIATION_OUTCOMES,
    ]),
    differences: counter('reconciliation_differences', 'Differences that reconciliations found, by kind.', [
      'kind',
      DIFFERENCE_KINDS,
    ]),

    open: gauge('payins_open', 'Sampled: open runs of pay-ins without an outcome, by status.'),
    unpublished: gauge(
      'payins_unpublished',
      'Sampled: open runs of pay-ins with an outcome and no alert. They wait for the record, the notifications or a claim.',
    ),
    openAlerts: gauge('payin_alerts_open', 'Sampled: open runs of pay-ins with an open alert, by code.'),
    attention: gauge('runs_need_attention', 'Sampled: open runs that need a person, by type of workflow.'),
    waiting: gauge('notifications_waiting', 'Sampled: open notification runs, by the least time that they are open.'),
    stuck: gauge('runs_stuck', 'Sampled: open runs whose tasks fail, or that a person paused.'),
    lastReconciled: gauge(
      'reconciliation_last_complete_timestamp_seconds',
      'Sampled: when the last complete reconciliation ended, Unix time. 0: none is recorded.',
    ),
    unflagged: gauge(
      'reconciliation_unflagged_differences',
      'Sampled: differences that only the newest report shows, for a person.',
    ),
    sampled: gauge('sample_timestamp_seconds', 'When the sampled metrics were last read, by source, Unix time.'),
    memory: gauge('worker_resident_memory_bytes', 'Memory of the process.'),
    loopDelay: gauge('worker_event_loop_delay_seconds', 'The longest delay of the event loop since the last sample.'),
  };
}

export const isFirstOutcome = (from: PayinStatus, to: PayinStatus): boolean => isOutcome(to) && !isOutcome(from);

function combinations(labels: readonly [name: string, values: readonly string[]][]): Record<string, string>[] {
  return labels.reduce<Record<string, string>[]>(
    (all, [name, values]) => all.flatMap((tags) => values.map((value) => ({ ...tags, [name]: value }))),
    [{}],
  );
}

function keysOf<Key extends string>(all: Readonly<Record<Key, 0>>): Key[] {
  const isKey = (key: string): key is Key => key in all;
  return Object.keys(all).filter(isKey);
}

import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { StartOutcome } from '../../client/start-payin';

export type Metrics = ReturnType<typeof createMetrics>;

/** Outcomes of a start, and results of a webhook, that start with 0: otherwise `increase()` would miss the first. */
const STARTS: readonly (StartOutcome['kind'] | 'error')[] = [
  'started',
  'existing',
  'pending',
  'other_content',
  'request_id_taken',
  'checkout_url_lost',
  'amount_unit',
  'card_unknown',
  'rejected',
  'error',
];
const VERIFIED = ['delivered', 'resumed', 'unmatched', 'not_ours', 'unavailable'] as const;
const REFUSED = ['signature_wrong', 'signature_missing', 'version_refused'] as const;

/** The API's metrics, in a registry of their own, so that two apps in one process do not mix them. Each label has few values. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const webhooks = new Counter({
    name: 'lesspay_webhooks_total',
    help: 'Webhooks received, by result, reason of a refusal, and version of the signature.',
    labelNames: ['result', 'reason', 'version'],
    registers,
  });
  for (const version of ['v1', 'v2', 'unknown']) {
    for (const result of VERIFIED) if (version !== 'unknown') webhooks.inc({ result, reason: '', version }, 0);
    for (const reason of REFUSED) webhooks.inc({ result: 'refused', reason, version }, 0);
  }
  const starts = new Counter({
    name: 'payin_starts_total',
    help: 'Valid POST /payins requests, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of STARTS) starts.inc({ outcome }, 0);
  return {
    registry,
    webhooks,
    starts,
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Seconds from the header of a request to the end of its answer, or of its connection.',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
  };
}

/** Counts the outcome of a start, or its error, and passes it on. */
export async function countStart({ starts }: Metrics, start: Promise<StartOutcome>): Promise<StartOutcome> {
  try {
    const outcome = await start;
    starts.inc({ outcome: outcome.kind });
    return outcome;
  } catch (error) {
    starts.inc({ outcome: 'error' });
    throw error;
  }
}

/** `GET /metrics`. Source: prometheus.io, "Exposition formats". */
export function showMetrics({ registry }: Metrics): RequestHandler {
  return async (_req, res) => {
    res.set('Content-Type', registry.contentType).send(await registry.metrics());
  };
}

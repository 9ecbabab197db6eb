import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { StartOutcome } from '../../client/start-payin';

export type Metrics = ReturnType<typeof createMetrics>;

/** The API's metrics, in a registry of their own, so that two apps in one process do not mix them. Each label has few values. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    webhooks: new Counter({
      name: 'lesspay_webhooks_total',
      help: 'Webhooks received, by result, reason of a refusal, and version of the signature.',
      labelNames: ['result', 'reason', 'version'],
      registers,
    }),
    starts: new Counter({
      name: 'payin_starts_total',
      help: 'Valid POST /payins requests, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
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

import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { StartOutcome } from '../../client/start-payin';

export type Metrics = ReturnType<typeof createMetrics>;

/** What the API counts, in a registry of its own: two apps in one process do not mix. Every label is one of a few. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    webhooks: new Counter({
      name: 'lesspay_webhooks_total',
      help: 'Webhooks received, by what became of them, why, and the rule of signing their api_version calls for.',
      labelNames: ['result', 'reason', 'version'],
      registers,
    }),
    starts: new Counter({
      name: 'payin_starts_total',
      help: 'POST /payins that broke no rule, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'From the head of a request to the end of its answer, or of the connection.',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
  };
}

/** Counts what comes of a start, be it an error, and hands it on. */
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

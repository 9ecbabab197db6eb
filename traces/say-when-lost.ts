import type { SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Logger } from 'pino';

const SAY_AGAIN_MS = 60_000;
/** Source: `ExportResultCode` of OpenTelemetry's `core`. */
const SUCCESS = 0;

/** Wraps an exporter so that the log says, once a minute, that spans are lost. */
export function sayWhenLost(exporter: SpanExporter, logger: Pick<Logger, 'warn'>, now = Date.now): SpanExporter {
  let said_at: number | undefined;
  let lost = 0;
  const say = (spans: number, why: string) => {
    lost += spans;
    if (said_at !== undefined && now() - said_at < SAY_AGAIN_MS) return;
    said_at = now();
    logger.warn({ spans_lost: lost }, `the collector of traces did not take them: ${why}. Pay-ins go on without`);
    lost = 0;
  };
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code.valueOf() !== SUCCESS) say(spans.length, result.error?.message ?? 'no reason given');
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush ? { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() } : {}),
  };
}

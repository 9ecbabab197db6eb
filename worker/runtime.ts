import { Runtime, type LogLevel, type LogMetadata } from '@temporalio/worker';
import type { Logger } from 'pino';
import { BUCKETS } from './metrics/buckets';

const PINO_LEVEL = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Where the page of the metrics is served: `http://host:port/metrics`. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Sends the log lines of the SDK, of its native part, of workflows and of activities to pino, and serves the metrics of the
 * SDK and of `createMetrics` if there is an address. Call it once in a process, before any connection or worker.
 * @throws Error that names the setting when the address can't be used
 */
export function installRuntime(logger: Logger, metrics?: MetricsAddress): void {
  const write = (level: LogLevel, message: string, meta?: LogMetadata) =>
    logger[PINO_LEVEL[level]](meta ?? {}, message);
  const options = {
    logger: {
      log: write,
      trace: (message: string, meta?: LogMetadata) => write('TRACE', message, meta),
      debug: (message: string, meta?: LogMetadata) => write('DEBUG', message, meta),
      info: (message: string, meta?: LogMetadata) => write('INFO', message, meta),
      warn: (message: string, meta?: LogMetadata) => write('WARN', message, meta),
      error: (message: string, meta?: LogMetadata) => write('ERROR', message, meta),
    },
    telemetryOptions: {
      // Otherwise the native part writes coloured text to stdout, e.g. while Temporal is away, whatever LOG_LEVEL says.
      logging: { filter: { core: 'WARN', other: 'ERROR' } as const, forward: {} },
      ...(metrics ? { metrics: exporter(metrics) } : {}),
    },
    // The caller that starts the worker also handles the signals, since it must stop other parts in order.
    shutdownSignals: [],
  };
  try {
    Runtime.install(options);
  } catch (cause) {
    if (!metrics) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The metrics can't be served at ${metrics.host}:${metrics.port}: ${why}. Set WORKER_METRICS_PORT to a free port, and WORKER_METRICS_HOST to an address of this machine.`,
      { cause },
    );
  }
}

/** Names as Prometheus wants them: counters end in `_total`, durations are in seconds and say so. */
const exporter = ({ host, port }: MetricsAddress) => ({
  attachServiceName: false,
  prometheus: {
    bindAddress: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
    histogramBucketOverrides: BUCKETS,
  },
});

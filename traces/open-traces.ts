import { NO_TRACES, type Program, type Traces } from './traces';

export interface TraceSettings {
  /** The base URL of the collector (OTLP over HTTP); absent: nothing is traced. */
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  /** Which share of the pay-ins is traced, 0 to 1. */
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

/** The traces of a program. OpenTelemetry is loaded only if there is a collector. */
export function openTraces(settings: TraceSettings, program: Program): Traces {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: share } = settings;
  if (endpoint === undefined) return NO_TRACES;
  const { openTelemetry }: typeof import('./open-telemetry') = require('./open-telemetry');
  return openTelemetry({ endpoint, share, ...program });
}

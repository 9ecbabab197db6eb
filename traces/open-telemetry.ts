import { setTimeout as pause } from 'node:timers/promises';
import {
  context,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type IdGenerator,
  NodeTracerProvider,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { errorType } from './error-type';
import { payinTrace, type SpanIds } from './payin-trace';
import { sayWhenLost } from './say-when-lost';
import type { Program, Traces } from './traces';

/** For one batch of spans, with its repetitions, ms. A program ends so much later at most, if the collector never answers. */
const SEND_MS = 5_000;
/** How long `close` waits, ms. */
const CLOSE_MS = 2_000;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

/**
 * Sends spans to a collector, in batches, beside the work. At most 2,048 wait; further ones are lost. The exporter reads the other
 * standard variables itself, e.g. OTEL_EXPORTER_OTLP_HEADERS.
 * @param endpoint the base URL of the collector (OTLP over HTTP)
 * @param share which share of the traces is sent, 0 to 1. The id of a trace decides, so all programs send the same ones
 */
export function openTelemetry({
  endpoint,
  share,
  service,
  namespace,
  logger,
}: Program & { readonly endpoint: string; readonly share: number }): Traces {
  const ids = new ChosenIds();
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: SEND_MS });
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service }))
      .merge(detectResources({ detectors: [envDetector] })),
    // Not the sampler that asks the parent: the parent of each span that joins a pay-in is named, and was never asked.
    sampler: new TraceIdRatioBasedSampler(share),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(sayWhenLost(exporter, logger), { exportTimeoutMillis: SEND_MS })],
  });
  // Spans find the one around them by the context manager that this registers. Nothing is propagated but by `traceparent()`.
  provider.register({ propagator: null });
  const tracer = provider.getTracer('lesspay-payins');

  return {
    on: true,

    async span(name, { payin, kind, attributes = {}, caller }, work) {
      const around = payin === undefined ? context.active() : payinContext(namespace, payin);
      const all = { ...(payin === undefined ? {} : { 'payin.request_id': payin }), ...attributes };
      const options = { kind: kind ? KINDS[kind] : SpanKind.INTERNAL, attributes: all, links: linksTo(caller) };
      const span = tracer.startSpan(name, options, around);
      try {
        return await context.with(trace.setSpan(around, span), () =>
          work({ set: (more) => span.setAttributes({ ...more }) }),
        );
      } catch (error) {
        span.setAttribute('error.type', errorType(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },

    event(name, attributes) {
      trace.getActiveSpan()?.addEvent(name, { ...attributes });
    },

    payin({ request_id, started_at, ended_at, attributes }) {
      // A number before the start of this process would count from that start.
      const [startTime, endTime] = [new Date(started_at), new Date(Math.max(started_at, ended_at))];
      const options = { startTime, attributes: { 'payin.request_id': request_id, ...attributes } };
      const span = ids.with(payinTrace(namespace, request_id), () => tracer.startSpan('payin', options, ROOT_CONTEXT));
      span.end(endTime);
    },

    traceparent() {
      const { traceId, spanId, traceFlags } = trace.getActiveSpan()?.spanContext() ?? {};
      return traceId && `00-${traceId}-${spanId}-${traceFlags === TraceFlags.SAMPLED ? '01' : '00'}`;
    },

    async close() {
      // What it fails with was said where the spans were lost.
      const sent = provider.shutdown().catch(() => undefined);
      await Promise.race([sent, pause(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

/** The root of the pay-in's trace, which is written at its outcome, as the parent. */
const payinContext = (namespace: string, request_id: string): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    ...payinTrace(namespace, request_id),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });

/** Source: w3.org, "Trace Context", 3.2. */
const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

function linksTo(traceparent: string | undefined): Link[] {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return [];
  const context: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return [{ context }];
}

/** Random ids, except for the root of a pay-in. */
class ChosenIds implements IdGenerator {
  private readonly random = new RandomIdGenerator();
  private chosen: SpanIds | undefined;

  /** The span that `start` starts gets these ids. */
  with<Result>(chosen: SpanIds, start: () => Result): Result {
    this.chosen = chosen;
    try {
      return start();
    } finally {
      this.chosen = undefined;
    }
  }

  generateTraceId = (): string => this.chosen?.traceId ?? this.random.generateTraceId();
  generateSpanId = (): string => this.chosen?.spanId ?? this.random.generateSpanId();
}

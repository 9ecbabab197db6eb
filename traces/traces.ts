import type { Logger } from 'pino';
import type { Attributes } from './attributes';

export interface Program {
  /** Its `service.name`, unless OTEL_SERVICE_NAME says otherwise. */
  readonly service: string;
  /** Temporal's. */
  readonly namespace: string;
  readonly logger: Pick<Logger, 'warn'>;
}

export interface About {
  /** The `request_id` of the pay-in whose trace the span joins. Absent: it joins the span around it, or begins a trace. */
  readonly payin?: string | undefined;
  /** `server`: a request that we answer; `client`: a call that we make. */
  readonly kind?: 'server' | 'client';
  readonly attributes?: Attributes;
  /** The header `traceparent` of the caller: the span is linked to the caller's. A wrong one is ignored. */
  readonly caller?: string | undefined;
}

/** A span while its work runs. */
export interface OpenSpan {
  readonly set: (attributes: Attributes) => void;
}

/** The life of a pay-in up to its first outcome. Instants in epoch ms. */
export interface PayinLife {
  readonly request_id: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly attributes: Attributes;
}

/**
 * The traces of one program (docs/traces.md). Nothing here waits for the collector, and nothing fails because of it.
 */
export interface Traces {
  /** False: nothing is traced. */
  readonly on: boolean;
  /** Runs the work in a span. An error makes the span one that failed, with the error's code and without its message. */
  span<Result>(name: string, about: About, work: (span: OpenSpan) => Promise<Result>): Promise<Result>;
  /** Adds an event to the span around the call, if there is one. */
  event(name: string, attributes: Attributes): void;
  /** Writes the root of a pay-in's trace. All spans that join the trace name it as their parent, also those before it. */
  payin(life: PayinLife): void;
  /** The header that passes the span around the call on (W3C Trace Context). */
  traceparent(): string | undefined;
  /** Sends what is left, for two seconds at most. */
  close(): Promise<void>;
}

const NO_SPAN: OpenSpan = { set: () => undefined };

export const NO_TRACES: Traces = {
  on: false,
  span: (_name, _about, work) => work(NO_SPAN),
  event: () => undefined,
  payin: () => undefined,
  traceparent: () => undefined,
  close: () => Promise.resolve(),
};

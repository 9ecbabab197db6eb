import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { Traces } from './traces';

/** Interceptors of a client that make a span of each message that it sends to a workflow; none where nothing is traced. */
export function messageTraces(traces: Traces): WorkflowClientInterceptor[] {
  if (!traces.on) return [];
  const traced = <Sent>(message: string, send: () => Promise<Sent>) => traces.span(message, { kind: 'client' }, send);
  return [
    {
      startUpdateWithStart: (input, next) => traced(`update ${input.updateName}`, () => next(input)),
      startUpdate: (input, next) => traced(`update ${input.updateName}`, () => next(input)),
      signal: (input, next) => traced(`signal ${input.signalName}`, () => next(input)),
      signalWithStart: (input, next) => traced(`signal ${input.signalName}`, () => next(input)),
    },
  ];
}

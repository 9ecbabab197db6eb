import { createHash } from 'node:crypto';
import { payinWorkflowId } from '../workflows/payin/messages';

export interface SpanIds {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
}

/**
 * The trace of a pay-in, and its root: made from the pay-in's identity in Temporal. So every program joins the same trace, weeks
 * later too, and none must be told of it (docs/decisions/0019).
 */
export function payinTrace(namespace: string, request_id: string): SpanIds {
  const hash = createHash('sha256')
    .update(`${namespace}/${payinWorkflowId(request_id)}`)
    .digest('hex');
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}

/** The `request_id` of the pay-in that a workflow is about: the pay-in's own, or one that notifies an endpoint of it. */
export function payinOfWorkflow(workflowId: string): string | undefined {
  const [, payin, notified] = /^(?:payin-(.+)|notify-(.+)-[a-z0-9_]+)$/.exec(workflowId) ?? [];
  return payin ?? notified;
}

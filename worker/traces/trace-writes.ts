import { isFirstOutcome } from '../metrics/metrics';
import { statusChange } from '../../payin/learnt-by';
import type { PayinWrite } from '../../records/payin-record';
import type { Records } from '../../records/payin-records';
import type { Traces } from '../../traces/traces';

/**
 * Wraps the order records so that each write is a span that shows what happened to the pay-in. The write of its first outcome also
 * writes the root of its trace: that is written once, since an event is recorded once.
 */
export function traceWrites(records: Records, traces: Traces): Records {
  if (!traces.on) return records;
  return {
    ...records,
    record: (write) =>
      traces.span('record', {}, async () => {
        const recorded = await records.record(write);
        if (recorded.moved) traceEvents(write, traces);
        return recorded;
      }),
  };
}

function traceEvents({ payin, events, facts }: PayinWrite, traces: Traces): void {
  const { request_id, pay_order_id } = payin;
  for (const [index, event] of events.entries()) {
    const change = statusChange(event, facts, events.slice(0, index));
    const { code, digest } = event.data;
    traces.event(event.kind, {
      'payin.event_number': event.number,
      ...(change
        ? { 'payin.status_before': change.from, 'payin.status': change.to, 'payin.learnt': change.learnt }
        : {}),
      ...(event.kind === 'alert' && typeof code === 'string' ? { 'payin.alert': code } : {}),
      ...(event.kind === 'webhook' && typeof digest === 'string' ? { 'webhook.digest': digest } : {}),
    });
    if (!change || !isFirstOutcome(change.from, change.to)) continue;
    traces.payin({
      request_id,
      started_at: facts.created_at,
      ended_at: Date.parse(event.at),
      attributes: {
        'payin.status': change.to,
        'payin.learnt': change.learnt,
        'payin.pay_order_id': pay_order_id,
        'payin.method': facts.request?.method?.type,
      },
    });
  }
}

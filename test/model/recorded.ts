import type { Ending } from './invariants';

/** What is wrong with what the order records say of a pay-in, when everything has had the time to be written. */
export function wrongRecord({ state, record, recorded, run, received, reference }: Ending): string[] {
  if (!record) return ['there is no order record'];
  const wrong: string[] = [];
  if (record.status !== state.status) wrong.push(`the record says ${record.status}, the pay-in is ${state.status}`);
  if (record.needs_attention !== state.needs_attention)
    wrong.push(`the record says ${record.needs_attention ? 'that' : 'not that'} it needs attention`);
  const [first] = recorded;
  if (recorded.some(({ number }, index) => number !== (first?.number ?? 0) + index))
    wrong.push(`events are missing: ${recorded.map(({ number }) => number).join(', ')}`);

  let status: unknown = 'CREATING';
  for (const { kind, data, number } of recorded) {
    if (kind !== 'transition') continue;
    if (data['from'] !== status)
      wrong.push(`event ${number} goes from ${String(data['from'])}, it was ${String(status)}`);
    status = data['to'];
  }
  if (status !== state.status) wrong.push(`the events lead to ${String(status)}, the pay-in is ${state.status}`);

  const told = (kind: string, holds: (data: Readonly<Record<string, unknown>>) => boolean) =>
    recorded.some((event) => event.kind === kind && holds(event.data));
  for (const { code, message } of state.alerts)
    if (!told('alert', (data) => data['code'] === code && data['message'] === message))
      wrong.push(`no event tells of the alert ${code}`);
  // What is a mere hint may wait for what happens next.
  const done = reference.done.filter(({ name }) => name !== 'pollNow' || run === 'COMPLETED');
  for (const { why } of done)
    if (!told('operator', (data) => data['why'] === why)) wrong.push(`no event tells of what an operator did (${why})`);
  if (run !== 'COMPLETED') return wrong;
  for (const { digest, answered } of received)
    if (answered === 200 && !told('webhook', (data) => data['digest'] === digest))
      wrong.push('no event tells of a webhook that was acknowledged');
  return wrong;
}

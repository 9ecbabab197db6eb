import { UnmatchedRun } from '../../workflows/unmatched/run';
import { claim, OPS, T } from '../payin/fresh-run';

/** What the run of an order of no known pay-in keeps, without a server. (With one: unmatched-order.test.ts) */

const part = (digest: string, amount: string) => ({ ...claim('REFUND'), digest, amount, currency: 'USDT' });
const fresh = () => new UnmatchedRun({ pay_order_id: 'P1' }, T);

/** Handed over, after so many more came than there is room for. */
function handedOver(tooMany: number): UnmatchedRun {
  const run = fresh();
  for (let count = 0; count < 100 + tooMany; count += 1) run.receive(part(`${count}`, `${count + 1}`), T);
  run.answered({ whose: 'ours', request_id: 'r1' }, T);
  run.handedOver(run.facts.webhooks, T);
  return run;
}

it('keeps each refund of another amount or currency, and what says the same once: the newest', () => {
  const run = fresh();
  run.receive(part('a', '40.00'), T);
  run.receive(part('b', '25'), T);
  run.receive({ ...part('c', '25'), currency: 'USDC' }, T);
  run.receive(part('d', '40'), T);
  run.receive(claim('REFUND'), T);
  expect(run.facts.webhooks.map(({ digest }) => digest)).toEqual(['b', 'c', 'd', 'REFUND']);
});

it('has a person look where it could not keep all, once the rest is handed over', () => {
  const run = handedOver(2);
  expect([run.outcome, run.needsAttention]).toEqual([undefined, true]);
  expect(run.state().alerts).toMatchObject([{ message: expect.stringMatching(/^pay-in r1 .* dropped: 2$/) }]);
  run.acknowledge(OPS, T);
  expect([run.outcome, run.needsAttention]).toEqual(['handed_over', false]);
});

it('needs nobody where all was handed over', () => {
  const run = handedOver(0);
  expect([run.outcome, run.state().alerts]).toEqual(['handed_over', []]);
});

it('once its pay-in is found is not looked for any more', () => {
  const run = handedOver(1);
  run.wake(OPS, T);
  expect(run.facts.look_at).toBeUndefined();
});

import { orderSeen } from '../../payin/answers';
import { resolve } from '../../payin/operator';
import type { PayinRun } from '../../workflows/payin/run';
import { claim, HOUR, made, OPS, T } from './fresh-run';

/** When a card that Lesspay has stored is offered: without a server. */

const CARD = { stored_card: 'card_1', stored_card_sealed: 'v1.sealed', stored_card_last_four: '4242' };

const said = (run: PayinRun, status: string, card: object, digest = 'd1') =>
  run.receive({ ...claim(status), digest, request_id: 'r1', ...card }, T);
const told = (run: PayinRun) => run.facts.outbox.filter(({ kind }) => kind === 'card_stored').map(({ data }) => data);
const shown = (run: PayinRun) => run.view().stored_card;

it('is offered once query-order has shown that the order is paid, and not before', () => {
  const run = made();
  said(run, 'SUCCEED', CARD);
  expect([shown(run), told(run)]).toEqual([undefined, []]);
  orderSeen(run.facts, { status: 'SUCCEED' }, T + HOUR);
  expect(shown(run)).toEqual({ id: 'card_1', last_four: '4242' });
  expect(told(run)).toEqual([{ stored_card: 'card_1', last_four: '4242' }]);
});

it('is never offered where the order is not paid', () => {
  const run = made();
  said(run, 'FAILED', CARD);
  orderSeen(run.facts, { status: 'FAILED' }, T + HOUR);
  expect([shown(run), told(run)]).toEqual([undefined, []]);
});

it('is offered at once where the webhook comes last, and when an operator decides that the order is paid', () => {
  const late = made();
  orderSeen(late.facts, { status: 'SUCCEED' }, T);
  said(late, 'SUCCEED', CARD);
  const decided = made();
  said(decided, 'PAID', CARD);
  orderSeen(decided.facts, { status: 'PAID', amount: '40' }, T);
  expect(shown(decided)).toBeUndefined();
  resolve.act(decided.facts, { ...OPS, status: 'SUCCEED' }, T);
  for (const run of [late, decided]) expect([shown(run)?.id, told(run).length]).toEqual(['card_1', 1]);
});

it('stays the one that was offered, also after a refund and when a webhook states another', () => {
  const run = made();
  said(run, 'SUCCEED', CARD);
  orderSeen(run.facts, { status: 'SUCCEED' }, T);
  said(run, 'SUCCEED', { ...CARD, stored_card: 'card_2' }, 'd2');
  orderSeen(run.facts, { status: 'REFUND' }, T + HOUR);
  expect([shown(run)?.id, told(run).length]).toEqual(['card_1', 1]);
  expect(run.facts.notices.map(({ code }) => code)).toContain('other_card');
});

it('is not taken from a webhook of another order, and no claim keeps its token', () => {
  const run = made();
  run.receive({ ...claim('SUCCEED'), request_id: 'r2', ...CARD }, T);
  orderSeen(run.facts, { status: 'SUCCEED' }, T);
  expect(shown(run)).toBeUndefined();
  const other = made();
  said(other, 'SUCCEED', CARD);
  expect(JSON.stringify(other.facts.claims)).not.toContain('v1.sealed');
});

import { TASK_QUEUE } from '../../temporal.config';
import { fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { runScript } from './running-script';

/** What an operator does to many pay-ins at once, and what tells him why many wait. */

const env = { TEMPORAL_ADDRESS: fromSetUp('TEST_TEMPORAL_ADDRESS'), TEMPORAL_TASK_QUEUE: TASK_QUEUE };
const npmRunPayin = (...args: string[]) => runScript('payin', args, env);
const WHO = ['--who', 'mia', '--why', 'ticket 812'];
const NOTE = { who: 'mia', why: 'ticket 812' };

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function started(): Promise<string> {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  // On a busy machine the answer may be 202.
  const isOrdered = async () => (await rig.state(request_id)).status !== 'CREATING';
  await waitFor(isOrdered, { what: `the order of ${request_id}` });
  return request_id;
}

const several = (count: number, what: () => Promise<string>) => Promise.all(Array.from({ length: count }, what));

async function flagged(code: string, request_id: string): Promise<string> {
  const isFlagged = async () => (await rig.state(request_id)).alerts.some((alert) => alert.code === code);
  await waitFor(isFlagged, { what: `${code} of ${request_id}` });
  return request_id;
}

async function paidDifferently(): Promise<string> {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay-different', { amount: '40.00' });
  return flagged('amount_mismatch', request_id);
}

const refusals: string[] = [];
/** From now on Lesspay accepts the credentials: the alerts end by themselves at the next question. */
function acceptCredentials(): void {
  for (const id of refusals.splice(0)) rig.sandbox.faults.remove(id);
}
afterEach(acceptCredentials);

async function withRefusedCredentials(request_id: string): Promise<string> {
  refusals.push(rig.sandbox.faults.add({ on: 'query', request_id, code: 5004, times: null }).id);
  await rig.handle(request_id).signal('wake', { who: 'test', why: 'asks now' });
  return flagged('credentials', request_id);
}

/** Visibility is a moment behind. */
async function listed(args: readonly string[], count: number): Promise<string> {
  let output = '';
  const isListed = async () => {
    ({ output } = await npmRunPayin(...args, ...WHO));
    return output.includes(`${count} pay-ins match. Nothing was done`);
  };
  await waitFor(isListed, { restMs: 500, what: `${count} pay-ins listed for ${args.join(' ')}` });
  return output;
}

it.each([
  [
    ['acknowledge', '--alert', 'credential', ...WHO],
    /--alert: there is no alert "credential": use one of amount_mismatch/,
  ],
  [['acknowledge', '--alert', 'credentials'], /--why: must give a reason/],
  [['acknowledge', '--alert', 'credentials', '--why', 'x'.repeat(501)], /say why, in at most 500 characters, not 501/],
  [['resolve', '--alert', 'amount_mismatch', ...WHO], /--status: is required for resolve, .* one of SUCCEED, /],
  [['acknowledge', '--alert', 'credentials', '--status', 'SUCCEED', ...WHO], /--status: .* only allowed there/],
  [['acknowledge', ...WHO], /usage: npm run payin/],
  [['acknowledge', '4711', '--yes', ...WHO], /--query, --ended and --yes are for many/],
  [['wake', '--alert', 'credentials', '--ended', ...WHO], /--ended: is only for wake with --query/],
  [['wake', '--query', "Nonsense = 'x'", ...WHO], /Nonsense/],
])('says what is wrong with %j', async (args, says) => {
  expect(await npmRunPayin(...args)).toMatchObject({ code: 1, output: expect.stringMatching(says) });
});

it('says that none fits', async () => {
  const { code, output } = await npmRunPayin('acknowledge', '--alert', 'unknown_status', ...WHO, '--yes');
  expect([code, output]).toEqual([0, expect.stringContaining(`No pay-in matches on task queue ${TASK_QUEUE}`)]);
});

it('says what it would do, then does it to two dozen pay-ins, each with its audit, and no other alert is touched', async () => {
  const different = await several(12, paidDifferently);
  const refused = await several(12, async () => withRefusedCredentials(await started()));
  for (const request_id of different.slice(0, 3)) await withRefusedCredentials(request_id);
  const flaggedSo = [...refused, ...different.slice(0, 3)];

  // First it only says so.
  const dry = await listed(['acknowledge', '--alert', 'credentials'], 15);
  expect(dry).toMatch(/acknowledge credentials \(mia: ticket 812\): 15 pay-ins match\. Nothing was done\. Add --yes/);
  expect(dry).toMatch(/PAID {10}amount_mismatch, credentials/);
  for (const request_id of flaggedSo) expect((await rig.state(request_id)).needs_attention).toBe(true);

  const { code, output } = await npmRunPayin('acknowledge', '--alert', 'credentials', ...WHO, '--yes');
  expect([code, output]).toEqual([0, expect.stringContaining(': 15 done, 0 failed.')]);
  acceptCredentials();
  // Not on a terminal: a line for each tenth.
  expect(output).toMatch(/15 of 15 pay-ins/);
  for (const request_id of flaggedSo)
    expect((await rig.state(request_id)).audit.at(-1)).toMatchObject({ action: 'acknowledge credentials', ...NOTE });
  for (const request_id of different) expect((await rig.state(request_id)).needs_attention).toBe(true);
  await listed(['resolve', '--status', 'SUCCEED', '--alert', 'amount_mismatch'], 12);

  // One that is Lesspay's to change fails, is named, and keeps none of the others from it.
  const [other = ''] = refused;
  const query = `PayinStatus = 'PAID' OR PayinRequestId = '${other}'`;
  await listed(['resolve', '--status', 'SUCCEED', '--query', query], 13);
  const resolved = await npmRunPayin('resolve', '--status', 'SUCCEED', '--query', query, ...WHO, '--yes');
  expect([resolved.code, resolved.output]).toEqual([2, expect.stringContaining(': 12 done, 1 failed.')]);
  expect(resolved.output).toMatch(new RegExp(`${other} {2}FAILED: only Lesspay can change PENDING_PAY`));
  for (const request_id of different)
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false });

  // Those that have ended, too, where that is wanted; each once.
  const ended = `PayinStatus = 'SUCCEED'`;
  await listed(['wake', '--query', ended, '--ended'], 12);
  const woken = await npmRunPayin('wake', '--query', ended, '--ended', ...WHO, '--yes');
  expect([woken.code, woken.output]).toEqual([0, expect.stringContaining(': 12 done, 0 failed.')]);
  await waitFor(async () => (await rig.state(different[0] ?? '')).audit.at(-1)?.action === 'wake', {
    what: 'the wake',
  });
}, 300_000);

it('does it to one, and says why not', async () => {
  const request_id = await paidDifferently();
  const refused = await npmRunPayin('adopt', request_id, ...WHO);
  expect([refused.code, refused.output]).toEqual([1, expect.stringMatching(/nothing to adopt/)]);
  const done = await npmRunPayin('resolve', request_id, '--status', 'REFUND', ...WHO);
  expect([done.code, done.output]).toEqual([0, 'Done: REFUND, no open alert.\n']);
  await rig.result(request_id);
  const ended = await npmRunPayin('acknowledge', request_id, ...WHO);
  expect([ended.code, ended.output]).toEqual([1, 'the pay-in has no open run: wake it first\n']);
});

it('counts down to the deadlines of disputes, the next one first', async () => {
  const HOUR = 3_600_000;
  const days = [12, -1, 2];
  const by = days.map((count) => new Date(Date.now() + count * 24 * HOUR + HOUR / 2).toISOString());
  const request_ids = await several(days.length, started);
  for (const [index, request_id] of request_ids.entries()) {
    rig.sandbox.orders.act(request_id, 'pay');
    const evidence_required_by = by[index];
    rig.sandbox.orders.report(request_id, { event: 'dispute_received', category: 'fraudulent', evidence_required_by });
    await flagged('dispute_received', request_id);
  }
  const line = (index: number, left: string) =>
    `${request_ids[index]}  dispute_received: to be answered by ${by[index]}, ${left}`;
  const lines = [line(1, '23h30m too late'), line(2, '2d'), line(0, '12d')];
  let output = '';
  const isListed = async () => {
    ({ output } = await npmRunPayin('waiting'));
    return lines.every((text) => output.includes(text));
  };
  await waitFor(isListed, { restMs: 500, what: 'three disputes' });
  const places = lines.map((text) => output.indexOf(text));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  const [soon = ''] = request_ids.slice(2);
  expect((await npmRunPayin('show', soon)).output).toContain(`Note: dispute_received: to be answered by ${by[2]}, 2d`);
  await listed(['acknowledge', '--alert', 'dispute_received'], 3);
  for (const request_id of request_ids) expect((await npmRunPayin('acknowledge', request_id, ...WHO)).code).toBe(0);
});

it('tells in one place that Lesspay is out of reach, and what a person has paused', async () => {
  const request_ids = await several(4, started);
  // Of these alone: others are asked about now and then, too.
  const faults = request_ids.map((request_id) =>
    rig.sandbox.faults.add({ on: 'query', request_id, http_status: 503, times: null }),
  );
  for (const request_id of request_ids) await rig.handle(request_id).signal('wake', { who: 'test', why: 'asks now' });
  let output = '';
  const says = (what: RegExp) => async () => {
    ({ output } = await npmRunPayin('waiting'));
    return what.test(output);
  };
  const down = says(/^4 {2}Lesspay is out of reach: queryOrder, LesspayUnavailable, up to attempt \d+; e\.g\. /m);
  await waitFor(down, { restMs: 1_000, what: 'four that wait' });
  expect(output).toMatch(/^4 of \d+ open pay-ins wait/m);

  const [paused = ''] = request_ids;
  const { workflowService } = rig.client;
  const execution = { workflowId: rig.handle(paused).workflowId };
  await workflowService.pauseActivity({
    namespace: 'default',
    execution,
    type: 'queryOrder',
    reason: 'hold it',
    identity: 'joe',
  });
  await waitFor(says(new RegExp(`^1  PAUSED by a person; ${paused}$`, 'm')), { restMs: 500, what: 'the paused one' });
  expect((await npmRunPayin('show', paused)).output).toMatch(
    /Note: its activity queryOrder is paused since 20\S+ by joe \(hold it\)\. To unpause it: temporal activity unpause -w payin-\S+ -a \d+/,
  );
  for (const { id } of faults) rig.sandbox.faults.remove(id);
  // A hint has Lesspay asked anew, by another activity than the paused one.
  for (const request_id of request_ids) await npmRunPayin('wake', request_id, ...WHO);
  await waitFor(says(/^0 of \d+ open pay-ins wait/m), { restMs: 1_000, what: 'the end of it' });
}, 300_000);

it('lists a paused run, too, and says of it that it is paused', async () => {
  const request_id = await paidDifferently();
  const { workflowService } = rig.client;
  const which = { namespace: 'default', workflowId: rig.handle(request_id).workflowId, requestId: request_id };
  await workflowService.pauseWorkflowExecution({ ...which, identity: 'joe', reason: 'hold it' });
  await listed(['acknowledge', '--query', `PayinRequestId = '${request_id}' AND PayinStatus = 'PAID'`], 1);
  const { output } = await npmRunPayin('waiting');
  expect(output).toMatch(new RegExp(`^1 {2}PAUSED by a person; ${request_id}$`, 'm'));
  const refused = await npmRunPayin('acknowledge', request_id, ...WHO);
  expect([refused.code, refused.output]).toEqual([1, expect.stringMatching(/the run is paused since 20\S+ by joe/)]);
  expect((await npmRunPayin('wake', request_id, ...WHO)).output).toMatch(
    /The pay-in has the message, but the run is paused/,
  );
  expect((await npmRunPayin('show', request_id)).output).toMatch(/Note: the run is paused/);
  await workflowService.unpauseWorkflowExecution(which);
  await waitFor(async () => (await rig.state(request_id)).audit.at(-1)?.action === 'wake', { what: 'the wake' });
});

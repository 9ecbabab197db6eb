import type { z } from 'zod';
import {
  aliveAnswer,
  eventsPage,
  payinAnswer,
  payinPage,
  problemAnswer,
  readyAnswer,
} from '../../api/openapi/answer-schemas';
import { findSchemathesis, runSchemathesis } from '../machinery/schemathesis';
import { type Answered, API_KEY, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { sized } from '../machinery/size';
import { CREATED_AT, newRequestId, viewOf, writeOf } from '../records/payin-writes';

/** What /openapi.json says, and what the whole product does, tried by a client that was made from the document alone. */

const home = findSchemathesis((line) => process.stderr.write(`${line}\n`));
if (home === undefined && process.env['CI']) throw new Error('schemathesis must be installed in CI: see above');
const withSchemathesis = home === undefined ? it.skip : it;

/** All that it can check, by data that the document allows and by data that it forbids, the same in each run. */
const OPTIONS = [
  `--checks all --mode all --phases examples,coverage,fuzzing,stateful --max-examples ${sized(8, 25)}`,
  '--seed 1 --generation-deterministic --request-timeout 20',
  '--continue-on-failure --no-color --output-truncate false',
].flatMap((line) => line.split(' '));

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

withSchemathesis('a client finds no disagreement between document and behaviour, and no 5xx', async () => {
  // More than a page of them, each with events.
  for (let count = 0; count < 60; count += 1) {
    const request_id = newRequestId();
    await rig.records.record({ ...writeOf(request_id, 1), payin: viewOf(request_id) });
  }
  const target = [`${rig.apiUrl}/openapi.json`, '--header', `Authorization: Bearer ${API_KEY}`];
  const files = { folder: __dirname, config: 'openapi-conformance.toml', hooks: 'openapi_conformance_hooks' };
  const { agrees, report } = await runSchemathesis(home ?? '', {
    ...files,
    args: ['run', ...target, ...OPTIONS],
    limitMs: 240_000,
  });
  // All but the document's own address.
  expect(report).toContain('Operations:       9 selected / 9 total');
  if (!agrees) throw new Error(report);
});

it('an answer has the members that the document names, and no other', async () => {
  const request_id = newRequestId();
  const recorded = newRequestId();
  const look = { code: 'late_payment' as const, message: 'look', at: CREATED_AT };
  const alerts = [
    { ...look, acknowledged_at: CREATED_AT },
    { ...look, over_at: CREATED_AT },
    { ...look, code: 'dispute_received' as const, answer_by: CREATED_AT },
  ];
  const { facts, ...write } = writeOf(recorded, 1);
  const stored_card = { id: `card_${'0'.repeat(32)}`, sealed: 'v1.x', last_four: '4242', offered: true } as const;
  const payin = viewOf(recorded, { alerts, outcome_at: CREATED_AT });
  await rig.records.record({ ...write, payin, facts: { ...facts, stored_card } });
  const answers: [schema: z.ZodType, status: number, answer: Promise<Answered>][] = [
    [payinAnswer, 201, rig.post(requestOf(request_id))],
    [payinAnswer, 200, rig.get(recorded)],
    [eventsPage, 200, rig.get(`${recorded}/events`)],
    [payinPage, 200, rig.get('?limit=1')],
    [aliveAnswer, 200, rig.get('../healthz')],
    [readyAnswer, 200, rig.get('../readyz')],
    [problemAnswer, 404, rig.get(newRequestId())],
    [problemAnswer, 400, rig.get('?colour=blue')],
  ];
  for (const [schema, expected, answer] of answers) {
    const { status, body } = await answer;
    expect(status).toBe(expected);
    // A schema leaves out what it does not know.
    expect(schema.parse(body)).toEqual(body);
  }
  const { body } = await rig.get(recorded);
  expect(body).toMatchObject({ stored_card: { id: stored_card.id, last_four: '4242' } });
  expect(body['alerts']).toEqual(
    expect.arrayContaining([expect.objectContaining({ seconds_left: expect.any(Number) })]),
  );
});

import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { ask } from '../machinery/postgres';
import { waitFor } from '../machinery/wait-for';
import { describeOnPostgres } from '../records/databases';

/**
 * After PostgreSQL was killed under load, a run met its own order record under another time of creation
 * (docs/cluster.md). Each write was refused, and the run wrote it again without end: a hundred times a second.
 */
describeOnPostgres('a run whose order record states another time of creation', () => {
  let rig: PayinRig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.close());

  it('takes it over, and goes on: the record is written a few times, not without end', async () => {
    const request_id = newRequestId();
    expect((await rig.post(requestOf(request_id))).status).toBe(201);
    const recorded = async () => (await rig.records.find(request_id))?.status;
    await waitFor(async () => (await recorded()) === 'PENDING_PAY', { what: 'the record' });
    await ask(
      rig.databaseUrl ?? '',
      `update payins set created_at = created_at - interval '7 ms',
        facts = jsonb_set(facts, '{created_at}', to_jsonb((facts->>'created_at')::bigint - 7))
        where request_id = '${request_id}'`,
    );
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await recorded()) === 'SUCCEED', { what: 'the outcome on record' });
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
    expect((await rig.handle(request_id).fetchHistory()).events?.length).toBeLessThan(60);
  });
});

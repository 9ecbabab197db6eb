import { once } from 'node:events';
import { join } from 'node:path';
import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { describeOnPostgres } from '../records/databases';
import { runWorker } from './running-program';

let rig: PayinRig;

// PGlite belongs to one process.
describeOnPostgres('a worker that is to stop', () => {
  beforeAll(async () => {
    rig = await startRig();
    await rig.stopWorker();
  });
  afterAll(() => rig.close());

  it('ends in time, also where a call does not hear that it is cancelled', async () => {
    const worker = runWorker(rig, rig.databaseUrl, {
      SHUTDOWN_GRACE_MS: '0',
      NODE_OPTIONS: `--require ${join(__dirname, 'deaf-to-abort.js')}`,
    });
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, delay_ms: 60_000 });
    await Promise.all([
      rig.post(requestOf(request_id)),
      waitFor(() => rig.sandbox.calls(request_id).create_calls === 1, { what: 'create-order' }),
    ]);
    const from = performance.now();
    worker.kill('SIGTERM');
    await once(worker, 'exit');
    expect(performance.now() - from).toBeLessThan(30_000);
    expect(worker.exitCode).toBe(1);
    await rig.handle(request_id).terminate('the test is over');
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCell } from '../crash/cell';
import { fromSetUp } from '../machinery/from-set-up';
import { newDatabaseUrl } from '../machinery/postgres';
import { describeOnPostgres } from '../records/databases';

/** One small cell of the kill matrix (`npm run test:crash` runs all of it). */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crash-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describeOnPostgres('with its order records', () => {
  it('Temporal dies between signal and acknowledgement: no webhook is lost, no order doubled', async () => {
    const cli = fromSetUp('TEST_TEMPORAL_CLI');
    const databaseUrl = await newDatabaseUrl(fromSetUp('TEST_DATABASE_URL'));
    const cell = { victim: 'temporal', step: 'signal unacknowledged', payins: 5, cli, databaseUrl, folder } as const;
    const result = await runCell(cell);
    expect(result).toMatchObject({ caught: 5, succeeded: 5, orders: 5, doubled: 0, lost: 0, problems: [] });
  });
});

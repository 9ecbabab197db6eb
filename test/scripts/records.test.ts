import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecords } from '../../records/open-records';
import { createPostgresDatabase, describeOnPostgres } from '../records/databases';
import { writeOf } from '../records/payin-writes';
import { runScript } from './running-script';

/** `npm run records`. How records are moved is tested in `test/records/transfer.test.ts`. */

describeOnPostgres('erase', () => {
  it('erases what has an outcome, and says what else to delete', async () => {
    const DATABASE_URL = await createPostgresDatabase();
    const erase = (request_id: string) => runScript('records', ['erase', request_id], { DATABASE_URL });
    const records = openRecords({ databaseUrl: DATABASE_URL });
    const metadata = { payer: 'Ada Lovelace' };
    for (const [id, more] of Object.entries({ paid: { outcome_at: '2026-11-28T10:00:00Z' }, waiting: {} })) {
      const write = writeOf(id, 1);
      await records.record({ ...write, payin: { ...write.payin, metadata, ...more } });
    }
    const deletes = expect.stringContaining(`WorkflowId = "${writeOf('paid', 1).payin.workflow_id}"`);
    expect(await erase('paid')).toMatchObject({ code: 0, output: deletes });
    expect(await erase('waiting')).toMatchObject({ code: 1, output: expect.stringContaining('no outcome yet') });
    expect(await erase('nobody')).toMatchObject({ code: 1, output: 'There is no order record of nobody.\n' });
    expect((await records.find('paid'))?.metadata).toEqual({});
    expect((await records.find('waiting'))?.metadata).toEqual(metadata);
    await records.close();
  });
});

describeOnPostgres('in production', () => {
  it('needs the database and no other setting', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'records-'));
    const env = { NODE_ENV: 'production', DATABASE_URL: await createPostgresDatabase() };
    const file = join(folder, 'records.jsonl');
    const exported = await runScript('records', ['export', file], env);
    expect(exported).toEqual({ code: 0, output: expect.stringMatching(/^saved: 0 payins/) });
    expect(readFileSync(file, 'utf8')).not.toBe('');
    const other = { ...env, DATABASE_URL: await createPostgresDatabase() };
    const imported = await runScript('records', ['import', file], other);
    expect(imported).toEqual({ code: 0, output: expect.stringMatching(/^loaded: 0 payins/) });
    rmSync(folder, { recursive: true });
  });
});

it.each([[], ['erase'], ['drop', 'all'], ['constructor', 'x']].map((args) => ({ args })))(
  'says how it is used: $args',
  async ({ args }) => {
    const output = expect.stringMatching(/^usage: npm run records/);
    expect(await runScript('records', args)).toMatchObject({ code: 1, output });
  },
);

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { embedded } from '../../records/embedded';
import { PGLITE_VERSION } from '../../records/folder-version';
import { recordsOn } from '../../records/records-on';
import { openRecords } from '../../records/open-records';
import { dist, startNode } from '../scripts/running-script';
import { waitFor } from '../machinery/wait-for';
import { makeEmptyDatabase } from '../machinery/empty-database';
import { IS_FULL } from '../machinery/size';
import { writeOf } from './payin-writes';

const folder = mkdtempSync(join(tmpdir(), 'orders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('what was recorded in a folder outlives a process that is killed at any moment', async () => {
  const data = join(folder, 'recorded');
  await makeEmptyDatabase(data);
  const write = JSON.stringify(writeOf('r', 1));
  const program = `
    const { openRecords } = require(${JSON.stringify(dist('records/open-records.js'))});
    const write = ${write};
    void (async () => {
      const records = openRecords({ folder: ${JSON.stringify(data)} });
      for (let number = 1; ; number += 1) {
        const request_id = 'r' + number;
        await records.record({ ...write, payin: { ...write.payin, request_id } });
        console.log(request_id);
      }
    })();`;
  const writer = startNode(['-e', program]);
  const recorded = () => writer.output().split('\n').slice(0, -1);
  await waitFor(() => recorded().length >= 50, { what: '50 pay-ins' });
  writer.child.kill('SIGKILL');
  await writer.exited;

  const records = openRecords({ folder: data });
  for (const request_id of recorded())
    expect(await records.find(request_id)).toMatchObject({ request_id, last_event: 1 });
  await records.record(writeOf('another', 1));
  await records.close();

  const again = openRecords({ folder: data });
  expect(await again.find('another')).toBeDefined();
  await again.close();
});

/** What comes to be in a first start, in this order: in the folder, or in what becomes it. */
const INSTANTS = (data: string): string[] => [
  join(`${data}.new`, 'PG_VERSION'),
  // Each costs a whole start, and leaves what the first does: an incomplete folder beside the place.
  ...(IS_FULL ? [join(`${data}.new`, 'base', '5', 'PG_VERSION'), join(`${data}.new`, 'postmaster.pid')] : []),
  join(data, 'PG_VERSION'),
];

it('a first start that is killed, at whatever moment, leaves a folder that opens', async () => {
  const data = join(folder, 'not', 'yet', 'there');
  for (const file of INSTANTS(data)) {
    // It kills itself, as soon as the file is there.
    const program = `
      const fs = require('node:fs');
      const { existsSync } = fs;
      for (const name of ['openSync', 'renameSync']) {
        const call = fs[name];
        fs[name] = (...args) => {
          const result = call(...args);
          if (existsSync(${JSON.stringify(file)})) process.kill(process.pid, 'SIGKILL');
          return result;
        };
      }
      const { openRecords } = require(${JSON.stringify(dist('records/open-records.js'))});
      void openRecords({ folder: ${JSON.stringify(data)} }).ping().then(() => console.log('opened'));`;
    const start = startNode(['-e', program]);
    await start.exited;
    expect({ file, killed: start.child.signalCode, output: start.output() }).toMatchObject({
      killed: 'SIGKILL',
      output: '',
    });
    expect(existsSync(file)).toBe(true);
  }
  const records = openRecords({ folder: data });
  await records.record(writeOf('r1', 1));
  expect(await records.find('r1')).toBeDefined();
  await records.close();
  expect(existsSync(`${data}.new`)).toBe(false);
}, 300_000);

it('a folder whose last start was killed before it had written its pid file opens', async () => {
  const data = join(folder, 'empty-pid');
  await makeEmptyDatabase(data);
  const before = openRecords({ folder: data });
  await before.record(writeOf('r1', 1));
  await before.close();
  writeFileSync(join(data, 'postmaster.pid'), '');
  const records = openRecords({ folder: data });
  expect(await records.find('r1')).toBeDefined();
  await records.close();
});

it('a folder that can not be made is told at once, one that holds something else by the first call', async () => {
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'PG_VERSION'), '9');
  expect(() => openRecords({ folder: join(other, 'PG_VERSION', 'data') })).toThrow('ENOTDIR');
  const records = openRecords({ folder: other });
  const failure = await records.ping().catch(String);
  expect(failure).toContain(`RecordsUnavailableError: The order records at ${other} can't be reached`);
  expect(failure).not.toContain('DATABASE_URL');
  await expect(records.record(writeOf('r1', 1))).rejects.toMatchObject({ name: 'RecordsUnavailableError' });
  await records.close();
});

it('a folder of another version of PostgreSQL is named with both versions, and the way to carry on', async () => {
  const data = join(folder, 'older');
  await makeEmptyDatabase(data);
  writeFileSync(join(data, 'PG_VERSION'), '17\n');
  const records = openRecords({ folder: data });
  const failure = await records.ping().catch(String);
  expect(failure).toMatch(/it is of PostgreSQL 17, and this release has PostgreSQL 18\. .*records -- export FILE/);
  await records.close();
});

it('after every so many transactions the write-ahead log is checkpointed', async () => {
  const data = join(folder, 'tidied');
  await makeEmptyDatabase(data);
  const database = embedded(data, { tidyAfter: 3 });
  const records = recordsOn(database);
  const checkpoint = async () => {
    const [row] = await database.queries
      .select({ lsn: sql<string>`checkpoint_lsn::text` })
      .from(sql`pg_control_checkpoint()`);
    return row?.lsn;
  };
  await records.record(writeOf('r1', 1));
  const [server] = await database.queries
    .select({ version: sql<string>`current_setting('server_version')` })
    .from(sql`(values (1)) as one`);
  expect(server?.version).toMatch(new RegExp(`^${PGLITE_VERSION}\\.`));
  const before = await checkpoint();
  for (const id of ['r2', 'r3', 'r4', 'r5']) await records.record(writeOf(id, 1));
  await waitFor(async () => (await checkpoint()) !== before, { what: 'a checkpoint' });
  await records.close();
});

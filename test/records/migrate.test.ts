import { sql } from 'drizzle-orm';
import type { Database } from '../../records/database';
import { migrate } from '../../records/migrate';
import { MIGRATIONS } from '../../records/migrations';
import { openRecords } from '../../records/open-records';
import { recordsOn } from '../../records/records-on';
import { postgres } from '../../records/postgres';
import { ask } from '../machinery/postgres';
import { createPostgresDatabase, DATABASES, describeOnPostgres, run } from './databases';
import { newRequestId, writeOf } from './payin-writes';

describe.each(DATABASES)('on $name', ({ create }) => {
  let database: Database;
  beforeEach(async () => {
    database = await create();
  });
  afterEach(() => database.close());

  const added = { name: '9999-added', statements: ['create table added (id integer)', 'insert into added values (1)'] };

  it('each migration runs once', async () => {
    await migrate(database);
    await migrate(database, [...MIGRATIONS, added]);
    await migrate(database, [...MIGRATIONS, added]);
    const ids = await database.queries.select({ id: sql<number>`id` }).from(sql`added`);
    expect(ids).toEqual([{ id: 1 }]);
  });

  it('an older release leaves what a newer one added', async () => {
    await migrate(database, [...MIGRATIONS, added]);
    await migrate(database);
    await run(database, 'select from added');
    await expect(recordsOn(database).ping()).resolves.toBeUndefined();
  });

  it('one that fails leaves nothing of what was due, and the next start tries again', async () => {
    const failing = { name: '9999-failing', statements: ['create table half (id integer)', 'select 1 / 0'] };
    await expect(migrate(database, [...MIGRATIONS, failing])).rejects.toMatchObject({ cause: { code: '22012' } });
    for (const table of ['half', 'payins'])
      await expect(run(database, `select from ${table}`)).rejects.toMatchObject({ cause: { code: '42P01' } });
    const records = recordsOn(database);
    await records.record(writeOf('r1', 1));
    expect(await records.find('r1')).toBeDefined();
  });
});

describeOnPostgres('on PostgreSQL', () => {
  it('many may start at once', async () => {
    const databaseUrl = await createPostgresDatabase();
    const all = Array.from({ length: 8 }, () => openRecords({ databaseUrl }));
    const ids = all.map(newRequestId);
    await Promise.all(all.map((records, index) => records.record(writeOf(ids[index] ?? '', 1))));
    const { payins } = (await all[0]?.list({ limit: 20 })) ?? {};
    expect(payins).toHaveLength(8);
    const names = await ask(databaseUrl, 'select name from payin_migrations order by name');
    expect(names).toEqual(MIGRATIONS.map(({ name }) => ({ name })));
    await Promise.all(all.map((records) => records.close()));
  });

  it('a role that may not change the schema can use one that is up to date', async () => {
    const databaseUrl = await createPostgresDatabase();
    const owner = openRecords({ databaseUrl });
    await owner.ping();
    const role = `${new URL(databaseUrl).pathname.slice(1)}_user`;
    await ask(databaseUrl, `create role ${role} login password 'secret'`);
    await ask(databaseUrl, `grant select, insert, update on payins, payin_events, payin_migrations to ${role}`);
    const url = new URL(databaseUrl);
    url.username = role;
    url.password = 'secret';
    const user = openRecords({ databaseUrl: url.href });
    await user.record(writeOf('r1', 1));
    expect(await user.erase('r1')).toBe(true);
    expect(await owner.find('r1')).toMatchObject({ metadata: {} });

    // What is due, it can't do: the error is no passing one.
    const database = postgres(url.href);
    const due = { name: '9999-due', statements: ['create table due (id integer)'] };
    await expect(migrate(database, [...MIGRATIONS, due])).rejects.toMatchObject({ cause: { code: '42501' } });
    await Promise.all([owner.close(), user.close(), database.close()]);
    await ask(databaseUrl, `drop owned by ${role}; drop role ${role}`);
  });
});

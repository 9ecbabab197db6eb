import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Client } from 'pg';
import { openRecords } from '../../records/open-records';
import type { Records } from '../../records/payin-records';
import type { PayinWrite } from '../../records/payin-record';
import { ownPort } from '../machinery/own-ports';
import { ask } from '../machinery/postgres';
import { waitFor } from '../machinery/wait-for';
import { createPostgresDatabase, describeOnPostgres } from './databases';
import { eventOf, newRequestId, writeOf } from './payin-writes';

const UNAVAILABLE = { name: 'RecordsUnavailableError', code: 'records_unavailable' };

const open: Records[] = [];
afterEach(() => Promise.all(open.splice(0).map((records) => records.close())));

function opened(databaseUrl: string): Records {
  const records = openRecords({ databaseUrl });
  open.push(records);
  return records;
}

async function failureOf(call: Promise<unknown>): Promise<Error> {
  const error: unknown = await call.catch((error: unknown) => error);
  if (error instanceof Error) return error;
  throw new Error('it did not fail');
}

it('where nothing listens, every call says so, where it is and why, without the secret', async () => {
  const port = await ownPort();
  const records = opened(`postgres://merchant:s3cret@127.0.0.1:${port}/payins?options=s3cret`);
  const calls = [
    () => records.ping(),
    () => records.find('r1'),
    () => records.list({ limit: 1 }),
    () => records.events('r1', { limit: 1 }),
    () => records.erase('r1'),
    () => records.record(writeOf('r1', 1)),
  ];
  for (const call of calls) {
    const error = await failureOf(call());
    expect(error).toMatchObject(UNAVAILABLE);
    expect(error.message).toContain(`127.0.0.1:${port}/payins can't be reached (ECONNREFUSED)`);
    expect(`${JSON.stringify(error)}${error.stack}`).not.toMatch(/s3cret|merchant|Ada/);
  }
});

it('where something listens that never answers, it is given up', async () => {
  const sockets: Socket[] = [];
  const port = await ownPort();
  const server = createServer((socket) => sockets.push(socket)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await failureOf(opened(`postgres://127.0.0.1:${port}/payins`).ping())).toMatchObject(UNAVAILABLE);
  for (const socket of sockets) socket.destroy();
  server.close();
});

it.each(['mysql://root:s3cret@localhost/payins', 'postgres://u:s3cret@[bad/x', 's3cret'])(
  'what is no PostgreSQL URL (%s) is refused at once, unread',
  (databaseUrl) => {
    expect(() => openRecords({ databaseUrl })).toThrow(/^DATABASE_URL must be a PostgreSQL URL, e\.g\. (?!.*s3cret)/);
  },
);

describeOnPostgres('on PostgreSQL', () => {
  it('a process that started while the database was not there works once it is', async () => {
    const url = new URL(await createPostgresDatabase());
    const name = url.pathname.slice(1);
    url.pathname = `${name}_later`;
    const records = opened(url.href);
    expect(await failureOf(records.record(writeOf('r1', 1)))).toMatchObject(UNAVAILABLE);
    url.pathname = name;
    await ask(url.href, `create database ${name}_later`);
    await records.record(writeOf('r1', 1));
    expect(await records.find('r1')).toMatchObject({ last_event: 1 });
  });

  it('writes whose connections are cut are there wholly or not at all, and arrive when retried', async () => {
    const databaseUrl = await createPostgresDatabase();
    const records = opened(databaseUrl);
    await records.ping();
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'lesspay-payins'`;
    const ids = Array.from({ length: 40 }, newRequestId);
    const failures: unknown[] = [];
    const written = new AbortController();
    const cutting = (async () => {
      while (!written.signal.aborted) await ask(databaseUrl, cut);
    })();
    await Promise.all(
      ids.map(async (id) => {
        for (const write of [writeOf(id, 1), { ...writeOf(id, 4), events: [2, 3, 4].map((n) => eventOf(n)) }]) {
          await waitFor(() => wrote(write), { what: 'a write that gets through' });
        }
      }),
    );
    written.abort();
    await cutting;

    expect(failures).not.toHaveLength(0);
    for (const failure of failures) expect(failure).toMatchObject(UNAVAILABLE);
    for (const id of ids) {
      await waitFor(async () => (await records.find(id).catch(() => undefined)) !== undefined, { what: 'an answer' });
      expect(await records.find(id)).toMatchObject({ last_event: 4 });
      expect(await records.events(id, { limit: 10 })).toEqual([1, 2, 3, 4].map((number) => eventOf(number)));
    }

    async function wrote(write: PayinWrite): Promise<boolean> {
      try {
        await records.record(write);
        return true;
      } catch (error) {
        failures.push(error);
        return false;
      }
    }
  });

  it('a write that another holds up is given up, and leaves no connection behind', async () => {
    const databaseUrl = await createPostgresDatabase();
    const records = opened(databaseUrl);
    await records.record(writeOf('r1', 1));
    const holder = new Client({ connectionString: databaseUrl });
    await holder.connect();
    await holder.query('begin; select from payins for update');
    // More than the pool has connections.
    const failures = await Promise.all(Array.from({ length: 15 }, () => failureOf(records.record(writeOf('r1', 2)))));
    for (const failure of failures) expect(failure).toMatchObject(UNAVAILABLE);
    await holder.query('commit');
    await holder.end();
    expect(await records.record(writeOf('r1', 2))).toEqual({ moved: true });
    expect(await waitingOn(databaseUrl, 'insert into')).toBe(0);
  });
});

/** How many other connections are busy with such a query. */
async function waitingOn(databaseUrl: string, query: string): Promise<number> {
  const [row] = await ask(
    databaseUrl,
    `select count(*)::int as busy from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and query like '%${query}%'`,
  );
  return Number(row?.['busy']);
}

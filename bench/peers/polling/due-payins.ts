import type { Pool } from 'pg';
import type { Payin } from '../../duties/payin';

/** Which pay-ins the job must ask Lesspay about, and when. */
export async function openDuePayins(database: Pool) {
  await database.query(SCHEMA);
  return {
    async add(request_id: string): Promise<void> {
      await database.query(`insert into due_payins (request_id) values ($1) on conflict do nothing`, [request_id]);
    },
    /** At most 100, the one that has waited longest first. */
    async list(): Promise<string[]> {
      const { rows } = await database.query<{ request_id: string }>(
        `select request_id from due_payins where due_at <= now() order by due_at limit 100`,
      );
      return rows.map(({ request_id }) => request_id);
    },
    /** Nobody else gets it for a minute. @returns undefined when it is not due */
    async take(request_id: string): Promise<{ payin: Payin; ordered_at: number } | undefined> {
      const { rows } = await database.query<Payin & { created_at: Date }>(
        `with taken as (
           update due_payins set due_at = now() + interval '1 minute' where request_id = $1 and due_at <= now()
           returning request_id
         )
         select request_id, pay_order_id, checkout_url, status, created_at from bench_payins join taken using (request_id)`,
        [request_id],
      );
      return rows.map(({ created_at, ...payin }) => ({ payin, ordered_at: created_at.getTime() }))[0];
    },
    async hasten(request_id: string): Promise<void> {
      await database.query(`update due_payins set due_at = now() where request_id = $1`, [request_id]);
    },
    async remove(request_id: string): Promise<void> {
      await database.query(`delete from due_payins where request_id = $1`, [request_id]);
    },
  };
}

const SCHEMA = `
  create table if not exists due_payins (
    request_id text primary key,
    due_at timestamptz not null default now() + interval '1 minute'
  );
  create index if not exists due_payins_by_time on due_payins (due_at)`;

import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** Typed queries, alike on PostgreSQL and PGlite. */
export type Queries = PgDatabase<PgQueryResultHKT>;

/** What the order records need of a database. */
export interface Database {
  /** For people and logs: without user and password. */
  readonly place: string;
  /** What to do where it can't be reached, as it follows a colon. */
  readonly remedy: string;
  readonly queries: Queries;
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /** A transaction that no other process runs at the same time, and that may take minutes. */
  aloneInTransaction(work: (queries: Queries) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

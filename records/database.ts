import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** Typed queries, the same on PostgreSQL and PGlite. */
export type Queries = PgDatabase<PgQueryResultHKT>;

/** A database for the order records. */
export interface Database {
  /** Its address for messages and logs, without user and password. */
  readonly place: string;
  /** What to do when it can't be reached: the end of an error message. */
  readonly remedy: string;
  readonly queries: Queries;
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /** Like `transaction`, but only one process at a time runs one of these, and it may take minutes. */
  aloneInTransaction(work: (queries: Queries) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

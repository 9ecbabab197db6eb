import { DrizzleQueryError } from 'drizzle-orm';
import type { Database } from './database';

/** The database can't be reached, or can't answer now. The same call may succeed later. */
export class RecordsUnavailableError extends Error {
  override readonly name = 'RecordsUnavailableError';
  readonly code = 'records_unavailable';
  /**
   * @param place where the database is, without user and password; undefined where the caller doesn't know
   * @param remedy what to do about it
   */
  constructor(place: string | undefined, cause: unknown, remedy = 'check the database') {
    super(
      `The order records${place === undefined ? '' : ` at ${place}`} can't be reached (${reasonOf(cause)}): ${remedy}; what could not be written is to be tried again`,
    );
  }
}

/** The database answered, and would refuse the same again. */
export class RecordsRefusedError extends Error {
  override readonly name = 'RecordsRefusedError';
  readonly code = 'orders_refused';
  constructor(
    /** PostgreSQL's SQLSTATE, five characters. */
    readonly sqlstate: string,
    message: string,
  ) {
    super(`The order records refuse this (SQLSTATE ${sqlstate}): ${message}`);
  }
}

/** A cursor that no page gave out. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
  readonly code = 'invalid_cursor';
  constructor() {
    super('The cursor is none of ours: use `next_cursor` exactly as a page gave it, or leave it out to start anew');
  }
}

/**
 * What a failed query means to the caller. Neither the query nor its values are kept: they hold what the merchant's
 * customers may not want in a log. What is no failure of a query comes back as it is.
 */
export function ordersError(error: unknown, { place, remedy }: Pick<Database, 'place' | 'remedy'>): unknown {
  const fromQuery = error instanceof DrizzleQueryError;
  const cause = fromQuery ? error.cause : error;
  const sqlstate = sqlstateOf(cause);
  if (sqlstate !== undefined && !PASSES.test(sqlstate)) return new RecordsRefusedError(sqlstate, messageOf(cause));
  return fromQuery || sqlstate !== undefined ? new RecordsUnavailableError(place, cause, remedy) : error;
}

/**
 * The states that say nothing of the query itself: connections (08), logging in (28) and the database's name (3D), a
 * server that may only read (25006), transactions in each other's way (40), no room or memory (53), locks (55), an
 * operator or a time limit (57), the disk (58). Source: PostgreSQL's documentation, appendix A.
 */
const PASSES = /^(08|28|3D|25006|40|53|55|57|58)/;

/** Node's own codes, e.g. EPIPE, hold no digit; each of these does. */
function sqlstateOf(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Not by `instanceof`: under jest, Node's errors are of another realm. */
function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

const reasonOf = (error: unknown): string => codeOf(error) ?? messageOf(error);

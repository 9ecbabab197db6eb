import { DrizzleQueryError } from 'drizzle-orm';
import type { Database } from './database';

/** The database can't be reached or can't answer now. A later call may succeed. */
export class RecordsUnavailableError extends Error {
  override readonly name = 'RecordsUnavailableError';
  readonly code = 'records_unavailable';
  /**
   * @param place the database's address, without user and password; undefined when it is not known
   * @param remedy what to do
   */
  constructor(place: string | undefined, cause: unknown, remedy = 'check the database') {
    super(
      `The order records${place === undefined ? '' : ` at ${place}`} can't be reached (${reasonOf(cause)}): ${remedy}. Failed writes must be repeated`,
    );
  }
}

/** The database refused the call, and would refuse it again. */
export class RecordsRefusedError extends Error {
  override readonly name = 'RecordsRefusedError';
  readonly code = 'records_refused';
  constructor(
    /** PostgreSQL's SQLSTATE, five characters. */
    readonly sqlstate: string,
    message: string,
  ) {
    super(`The order records refuse this (SQLSTATE ${sqlstate}): ${message}`);
  }
}

/** The cursor is not the `next_cursor` of a page. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
  readonly code = 'invalid_cursor';
  constructor() {
    super('The cursor is not valid: use the `next_cursor` of a page unchanged, or no cursor for the first page');
  }
}

/**
 * The error for the caller of a failed query. It contains neither the query nor its values, which may be personal data.
 * An error that is not from a query is returned unchanged.
 */
export function recordsError(error: unknown, { place, remedy }: Pick<Database, 'place' | 'remedy'>): unknown {
  const fromQuery = error instanceof DrizzleQueryError;
  const cause = fromQuery ? error.cause : error;
  const sqlstate = sqlstateOf(cause);
  if (sqlstate !== undefined && !TEMPORARY.test(sqlstate)) return new RecordsRefusedError(sqlstate, messageOf(cause));
  return fromQuery || sqlstate !== undefined ? new RecordsUnavailableError(place, cause, remedy) : error;
}

/**
 * The SQLSTATEs whose cause is not the query itself: connection (08), login (28), unknown database (3D), read-only server
 * (25006), conflict of transactions (40), no disk space or memory (53), locks (55), an operator or a time limit (57), disk
 * errors (58). Source: PostgreSQL's documentation, appendix A.
 */
const TEMPORARY = /^(08|28|3D|25006|40|53|55|57|58)/;

/** A SQLSTATE has at least one digit here; Node's own codes, e.g. EPIPE, have none. */
function sqlstateOf(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Without `instanceof`, because Node's errors are of another realm in jest. */
function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

const reasonOf = (error: unknown): string => codeOf(error) ?? messageOf(error);

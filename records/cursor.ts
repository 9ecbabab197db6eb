import { z } from 'zod';
import { InvalidCursorError } from './errors';

/** What a page of pay-ins goes on after: the place of its last row in the order of all. */
export interface PagePlace {
  readonly created_at: string;
  readonly request_id: string;
}

/** The version first, so that a cursor of another release is told from rubbish, or still understood. */
const schema = z.tuple([z.literal(1), z.iso.datetime(), z.string()]);

/** Opaque to its users: base64url. */
export function cursorAfter({ created_at, request_id }: PagePlace): string {
  return Buffer.from(JSON.stringify([1, created_at, request_id])).toString('base64url');
}

/** @throws InvalidCursorError */
export function readCursor(cursor: string): PagePlace {
  const content = schema.safeParse(parsed(Buffer.from(cursor, 'base64url').toString()));
  if (!content.success) throw new InvalidCursorError();
  const [, created_at, request_id] = content.data;
  return { created_at, request_id };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

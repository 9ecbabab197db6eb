import { z } from 'zod';
import { InvalidCursorError } from './errors';

/** The place of a page's last row in the sort order. The next page begins after it. */
export interface PagePlace {
  readonly created_at: string;
  readonly request_id: string;
}

/** The first element is the version of the format, so that a later release can still read this cursor. */
const schema = z.tuple([z.literal(1), z.iso.datetime(), z.string()]);

/** An opaque text: base64url. */
export function cursorAfter({ created_at, request_id }: PagePlace): string {
  return Buffer.from(JSON.stringify([1, created_at, request_id])).toString('base64url');
}

/** @throws InvalidCursorError when `cursorAfter` did not make the cursor */
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

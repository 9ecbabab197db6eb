import { customType } from 'drizzle-orm/pg-core';

/** How values go into the database and come back, so that nothing else has to think of it. */

/** Text of any kind. */
export const text = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: storable,
});

/** RFC 3339 outside, to the millisecond; an instant beyond the years 1 to 9999 becomes the nearest within. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamptz(3)',
  toDriver: (written) => new Date(Math.min(Math.max(Date.parse(written), EARLIEST), LATEST)).toISOString(),
  fromDriver: (stored) => new Date(stored).toISOString(),
});

const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** What `JSON.stringify` can write. */
export const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(storableJson(value)),
});

/** PostgreSQL holds neither NUL nor lone surrogates: a text from outside that has one must not make its row unwritable. */
function storable(written: string): string {
  return written.replaceAll('\0', '\u{FFFD}').replace(/\p{Surrogate}/gu, '\u{FFFD}');
}

function storableJson(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [storable(name), storableJson(member)]));
}

import { customType } from 'drizzle-orm/pg-core';

/** Column types that convert values when they are written to the database and read from it. */

/** Text of any kind. */
export const text = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: storable,
});

/** RFC 3339 in the code, with milliseconds. An instant outside of the years 1 to 9999 becomes the nearest one inside. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamptz(3)',
  toDriver: (written) => new Date(Math.min(Math.max(Date.parse(written), EARLIEST), LATEST)).toISOString(),
  fromDriver: (stored) => new Date(stored).toISOString(),
});

const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** Any value that `JSON.stringify` can write. */
export const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(storableJson(value)),
});

/** PostgreSQL can't store NUL and lone surrogates. They become U+FFFD, so that a text from outside never makes a write fail. */
function storable(written: string): string {
  return written.replaceAll('\0', '\u{FFFD}').replace(/\p{Surrogate}/gu, '\u{FFFD}');
}

function storableJson(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [storable(name), storableJson(member)]));
}

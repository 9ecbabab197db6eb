/** @param at epoch ms */
export const rfc3339 = (at: number): string => new Date(at).toISOString();

/** What `instantOf` takes, as text for error messages. */
export const INSTANT =
  'RFC 3339, e.g. 2026-11-01T10:00:00Z, or a date alone, e.g. 2026-11-01, which is its midnight in UTC';

/**
 * An instant that a person wrote: RFC 3339, or a date alone. Nothing else, above all not what `Date.parse` makes of
 * 01.11.2026 (11 January) or of 30 February (2 March).
 * @returns epoch ms; undefined if the text is neither, or if no such day or time exists
 */
export function instantOf(text: string): number | undefined {
  const [, date = '', day, time = ''] =
    /^(\d{4}-\d{2}-(\d{2}))(T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?$/i.exec(text) ?? [];
  const instant = Date.parse(date + time.toUpperCase());
  const dayExists = new Date(Date.parse(date)).getUTCDate() === Number(day);
  return Number.isNaN(instant) || !dayExists ? undefined : instant;
}

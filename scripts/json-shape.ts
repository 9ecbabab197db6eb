import { isArray, JsonNumber, JsonObject, type JsonValue } from '../lesspay/json';

/**
 * The shape of a JSON value: one line a member, with its name, type and length, and never its value.
 * All elements of an array share their lines, so a page of 1,000 rows gives as few lines as one row.
 */
export function jsonShape(value: JsonValue): string[] {
  return [...new Set(lines('', value))];
}

function lines(path: string, value: JsonValue): string[] {
  const line = `${path || '(answer)'}: ${kind(value)}`;
  if (value instanceof JsonObject)
    return [
      line,
      ...value.members.flatMap(([name, member]) => lines(path ? `${path}.${shown(name)}` : shown(name), member)),
    ];
  if (isArray(value)) return [line, ...value.flatMap((element) => lines(`${path}[]`, element))];
  return [line];
}

function kind(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `string of ${value.length}${alphabet(value)}`;
  if (typeof value === 'boolean') return 'boolean';
  if (value instanceof JsonNumber) return `number of ${value.text.replace(/\D/g, '').length} digits`;
  return value instanceof JsonObject ? 'object' : `array of ${value.length}`;
}

/** The kind of text: enough to distinguish an id, a word, an amount and a time. */
function alphabet(text: string): string {
  if (/^\d+$/.test(text)) return ', digits';
  if (/^\d+\.\d+$/.test(text)) return ', decimal';
  if (/^[A-Z][A-Z_]*$/.test(text)) return ', upper-case word';
  if (/^[a-z][a-z_]*$/.test(text)) return ', lower-case word';
  return /^https?:\/\//.test(text) ? ', URL' : '';
}

/** A member's name; where it is long or has unusual characters, only its length. */
const shown = (name: string): string => (/^[\w-]{1,40}$/.test(name) ? name : `"(a name of ${name.length})"`);

import { createScanner } from 'jsonc-parser';
import { JsonError } from './errors';

/**
 * JSON exactly as it was written: numbers keep all digits; objects keep the order of their members, also repeated names and
 * `__proto__`. `JSON.parse` loses all of that.
 */
export type JsonValue = string | boolean | null | JsonNumber | JsonObject | readonly JsonValue[];

/** A number as the text it was written with, e.g. `100.00` or `1e2`. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

export class JsonObject {
  constructor(readonly members: readonly JsonMember[]) {}

  /** The value of the member with this name; of the last one when there are several. */
  get(name: string): JsonValue | undefined {
    return this.members.findLast(([key]) => key === name)?.[1];
  }
}

export type JsonMember = readonly [name: string, value: JsonValue];

/** The largest number of nested objects and arrays. Bodies of pay-ins need four. */
export const MAX_DEPTH = 32;

/** @throws JsonError when the text is not JSON, or nested too deeply */
export function parseJson(text: string): JsonValue {
  try {
    JSON.parse(text); // checks the grammar (not recursive in V8), so that the code below need not
  } catch {
    // Not the engine's message: it quotes the text, which may contain card data.
    throw new JsonError('not_json');
  }
  const scanner = createScanner(text, true);

  /** Moves to the next token. Returns its first character, which shows its kind. */
  function next(): string {
    scanner.scan();
    return text.charAt(scanner.getTokenOffset());
  }

  function value(first: string, depth: number): JsonValue {
    if (depth === MAX_DEPTH && /[{[]/.test(first)) throw new JsonError('too_deep');
    switch (first) {
      case '{':
        return new JsonObject(members(depth));
      case '[':
        return elements(depth);
      case '"':
        return scanner.getTokenValue();
      case 't':
        return true;
      case 'f':
        return false;
      case 'n':
        return null;
      default:
        return new JsonNumber(scanner.getTokenValue());
    }
  }

  function members(depth: number): JsonMember[] {
    const found: JsonMember[] = [];
    for (let first = next(); first !== '}'; first = next()) {
      if (first === ',') continue;
      const name = scanner.getTokenValue();
      next(); // the colon
      found.push([name, value(next(), depth + 1)]);
    }
    return found;
  }

  function elements(depth: number): JsonValue[] {
    const found: JsonValue[] = [];
    for (let first = next(); first !== ']'; first = next()) if (first !== ',') found.push(value(first, depth + 1));
    return found;
  }

  return value(next(), 0);
}

/** Plain values for a schema. A number is the text it was written with. */
export type PlainJson = string | boolean | null | { readonly [name: string]: PlainJson } | readonly PlainJson[];

export function plainJson(value: JsonValue): PlainJson {
  if (value instanceof JsonNumber) return value.text;
  if (value instanceof JsonObject)
    return Object.fromEntries(value.members.map(([name, member]) => [name, plainJson(member)]));
  return isArray(value) ? value.map(plainJson) : value;
}

/** `Array.isArray` does not narrow a readonly array. */
export const isArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/** @throws JsonError when the text is not a JSON object, or nested too deeply */
export function parseJsonObject(text: string): JsonObject {
  const value = parseJson(text);
  if (!(value instanceof JsonObject)) throw new JsonError('not_an_object');
  return value;
}

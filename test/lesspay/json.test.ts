import * as fc from 'fast-check';
import { JsonError } from '../../lesspay/errors';
import { JsonNumber, JsonObject, MAX_DEPTH, parseJson, plainJson } from '../../lesspay/json';

const failure = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch (error) {
    return error;
  }
};

it('keeps every digit of a number', () => {
  expect(parseJson('[100.00, 12345678901234567890, -0, 1e400]')).toEqual(
    ['100.00', '12345678901234567890', '-0', '1e400'].map((text) => new JsonNumber(text)),
  );
});

it('keeps the order of members, duplicates and __proto__ included', () => {
  const object = parseJson('{"b":1,"__proto__":{"x":2},"10":3,"b":null}');
  expect(object).toBeInstanceOf(JsonObject);
  expect(object instanceof JsonObject && object.members.map(([name]) => name)).toEqual(['b', '__proto__', '10', 'b']);
  expect(object instanceof JsonObject && object.get('b')).toBeNull();
});

it('reads whatever JSON.stringify writes, as JSON.parse does', () => {
  const numbersAsText = (value: unknown): unknown => {
    if (typeof value === 'number') return JSON.stringify(value);
    if (Array.isArray(value)) return value.map(numbersAsText);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, numbersAsText(member)]));
  };
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(4), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(plainJson(parseJson(text))).toEqual(numbersAsText(JSON.parse(text)));
    }),
  );
});

it('accepts exactly what JSON.parse accepts', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:\\ 01.e-+tnrulfas/*\n\u2028')) }), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(failure(text) instanceof JsonError).toBe(!valid);
    }),
    { numRuns: 2000 },
  );
});

it(`reads ${MAX_DEPTH} levels and refuses more, without a stack overflow at a million`, () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  expect(parseJson(nested(MAX_DEPTH))).toHaveLength(1);
  expect(failure(nested(MAX_DEPTH + 1))).toMatchObject({ code: 'too_deep' });
  expect(failure(nested(1_000_000))).toMatchObject({ code: 'too_deep' });
  expect(failure('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))).toMatchObject({ code: 'too_deep' });
});

it('does not quote the text it can’t read, which may hold a card', () => {
  expect(String(failure('{"number":"4242424242424242"'))).not.toContain('4242');
});

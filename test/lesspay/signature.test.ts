import * as fc from 'fast-check';
import { canonical } from '../../lesspay/canonical';
import { parseJsonObject } from '../../lesspay/json';
import { requestSignature, signedMembers, webhookSignature } from '../../lesspay/signature';
import { JavaHashMap } from './java-hash-map';
import { vectors as firstVectors } from './signature-vectors.json';
import { vectors as vectorsWithNulls } from './signature-vectors-nulls.json';

/** Made by Lesspay's own code. */
const vectors = [...firstVectors, ...vectorsWithNulls].map((vector) => ({ accepted: true, canonical: '', ...vector }));

const SECRET = 'Wy31kFZf4jkE+Y2XZhmFuQ';

describe.each(vectors.filter(({ accepted }) => accepted))('vector $name', (vector) => {
  it('is signed as Lesspay signs it', () => {
    const body = parseJsonObject(vector.body);
    const members = vector.kind === 'webhook' ? signedMembers(body) : body.members;
    const sign = vector.kind === 'webhook' ? webhookSignature : requestSignature;
    expect(canonical(members).replace(/\p{Surrogate}/gu, '?')).toBe(vector.canonical);
    expect(sign(vector.body, vector.secret)).toBe(vector.signature);
  });
});

it.each(vectors.filter(({ accepted }) => !accepted))('vector $name is not accepted', (vector) => {
  const sign = vector.kind === 'webhook' ? webhookSignature : requestSignature;
  expect(sign(vector.body, vector.secret)).not.toBe(vector.signature);
});

it('reads all of both files of vectors', () => {
  expect(firstVectors).toHaveLength(332);
  expect(vectorsWithNulls).toHaveLength(90);
});

describe('an object in an array', () => {
  type Member = string | number | boolean | null | Members;
  type Members = readonly (readonly [name: string, value: Member])[];

  const isMembers = (value: Member): value is Members => Array.isArray(value);

  /** The body that arrives. */
  const received = (members: Members): string =>
    `{${members.map(([name, value]) => `${JSON.stringify(name)}:${isMembers(value) ? received(value) : JSON.stringify(value)}`).join(',')}}`;

  /** What Java reads into a map and writes without the nulls, twice. */
  function written(members: Members): string {
    const once = inMap(members).filter(([, value]) => value !== null);
    const texts = inMap(once).map(
      ([name, value]) => `"${name}":${isMembers(value) ? written(value) : JSON.stringify(value)}`,
    );
    return `{${texts.join(',')}}`;
  }

  function inMap(members: Members): Members {
    const map = new JavaHashMap<Member>();
    for (const [name, value] of members) map.put(name, value);
    return map.entries();
  }

  // Some names have one hash code: of those, the first stays the first.
  const name = fc.oneof(
    { weight: 9, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/) },
    { weight: 1, arbitrary: fc.constantFrom('AaAa', 'AaBB', 'BBAa', 'BBBB') },
  );
  const scalar = fc.constantFrom<Member>('', 'P1', 0, 100, true, false);
  const objectOf = (value: fc.Arbitrary<Member>, maxLength: number) =>
    fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: 1, maxLength, size: 'max' });
  const valueOr = (other: fc.Arbitrary<Member>) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      { weight: 6, arbitrary: scalar },
      { weight: 1, arbitrary: other },
    );
  const members = objectOf(valueOr(objectOf(valueOr(scalar), 16)), 60);

  it('has its members in the order of two Java HashMaps: of all, then of those that are not null', () => {
    fc.assert(
      fc.property(members, (object) => {
        const body = `{"list":[${received(object)}]}`;
        expect(canonical(parseJsonObject(body).members)).toBe(`list=[${written(object)}]`);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a signature', () => {
  const name = fc.stringMatching(/^[a-z_]{1,12}$/);
  const members = fc.uniqueArray(fc.tuple(name, fc.jsonValue()), { selector: ([key]) => key, maxLength: 8 });
  const text = (entries: readonly (readonly [string, unknown])[], indent?: number): string =>
    JSON.stringify(Object.fromEntries(entries), null, indent);

  it('does not depend on white space or the order of members', () => {
    fc.assert(
      fc.property(members, fc.nat(8), (entries, indent) => {
        const signed = requestSignature(text(entries), SECRET);
        expect(requestSignature(text([...entries].reverse(), indent), SECRET)).toBe(signed);
      }),
    );
  });

  it('changes with the value of any one member', () => {
    const other = fc.tuple(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })).filter(([a, b]) => a !== b);
    fc.assert(
      fc.property(members, name, other, (entries, changed, [before, after]) => {
        const rest = entries.filter(([key]) => key !== changed);
        const signed = requestSignature(text([...rest, [changed, before]]), SECRET);
        expect(requestSignature(text([...rest, [changed, after]]), SECRET)).not.toBe(signed);
      }),
    );
  });

  it('changes with the secret', () => {
    expect(requestSignature('{"a":1}', SECRET)).not.toBe(requestSignature('{"a":1}', `${SECRET}x`));
  });

  it.each(['[]', 'null', '"text"', '1', '', '{"a":1} x', "{'a':1}", '{"a":1,}', '{"a":01}', '{/**/}', '\ufeff{}'])(
    'is not made of %j, which is no JSON object',
    (body) => {
      expect(() => requestSignature(body, SECRET)).toThrow(/^(The text is not valid JSON|The JSON is not an object)/);
    },
  );
});

describe('a number prints as Java’s BigDecimal does', () => {
  it.each([
    ['0.000001', '0.000001'],
    ['0.00000012', '1.2E-7'],
    ['0.0000000', '0E-7'],
    ['-0.0000001', '-1E-7'],
    ['1e0', '1'],
    ['12e-1', '1.2'],
    ['-1.5E-3', '-0.0015'],
    ['0e5', '0E+5'],
    ['123.45e10', '1.2345E+12'],
  ])('%s as %s', (written, printed) => {
    expect(canonical(parseJsonObject(`{"n":${written}}`).members)).toBe(`n=${printed}`);
  });
});

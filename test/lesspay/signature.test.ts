import * as fc from 'fast-check';
import { canonical } from '../../lesspay/canonical';
import { parseJsonObject } from '../../lesspay/json';
import { requestSignature, signedMembers, webhookSignature } from '../../lesspay/signature';
import { vectors } from './signature-vectors.json';

const SECRET = 'Wy31kFZf4jkE+Y2XZhmFuQ';

describe.each(vectors.filter(({ accepted }) => accepted !== false))('vector $name', (vector) => {
  it('is signed as Lesspay signs it', () => {
    const body = parseJsonObject(vector.body);
    const members = vector.kind === 'webhook' ? signedMembers(body) : body.members;
    const sign = vector.kind === 'webhook' ? webhookSignature : requestSignature;
    expect(canonical(members).replace(/\p{Surrogate}/gu, '?')).toBe(vector.canonical);
    expect(sign(vector.body, vector.secret)).toBe(vector.signature);
  });
});

it.each(vectors.filter(({ accepted }) => accepted === false))('vector $name is not accepted', (vector) => {
  const sign = vector.kind === 'webhook' ? webhookSignature : requestSignature;
  expect(sign(vector.body, vector.secret)).not.toBe(vector.signature);
});

it('reads all of the vectors file', () => {
  expect(vectors).toHaveLength(332);
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

import { canonical } from '../../lesspay/canonical';
import { JsonObject, parseJson } from '../../lesspay/json';
import { requestSignature, signedMembers, webhookSignature } from '../../lesspay/signature';
import { vectors } from './signature-vectors.json';

describe.each(vectors)('vector $name', (vector) => {
  const signature = vector.kind === 'webhook' ? webhookSignature : requestSignature;

  if (vector.accepted === false) {
    it('does not accept a signature that belongs to another body', () => {
      expect(signature(vector.body, vector.secret)).not.toBe(vector.signature);
    });
    return;
  }

  it('is signed as Lesspay signs it', () => {
    const body = parseJson(vector.body);
    if (!(body instanceof JsonObject)) throw new Error('every vector holds an object');
    const members = vector.kind === 'webhook' ? signedMembers(body) : body.members;
    expect(canonical(members).replace(/\p{Surrogate}/gu, '?')).toBe(vector.canonical);
    expect(signature(vector.body, vector.secret)).toBe(vector.signature);
  });
});

import { randomBytes } from 'node:crypto';
import { openCard, sealCard } from '../../client/stored-card';

/** A card that Lesspay has stored, as a pay-in keeps it. */

const [key, other] = [randomBytes(32), randomBytes(32)];
const TOKEN = { token: 'src_wmlfc3zyhqzehihu7giusaaawu', last_four: '4242' };

const sealed = (request_id: string, keys = [key], token = TOKEN) => {
  const card = sealCard(token, request_id, keys);
  if (!card) throw new Error('not sealed');
  return card;
};

it('has its token encrypted, an id of ours, and the last four digits', () => {
  const card = sealed('4711');
  expect(card).toEqual({
    id: expect.stringMatching(/^card_[0-9a-f]{32}$/),
    sealed: expect.stringMatching(/^v1\./),
    last_four: '4242',
  });
  expect(JSON.stringify(card)).not.toContain(TOKEN.token);
  expect(openCard(card, '4711', [key])).toBe(TOKEN.token);
});

it('is not opened for another pay-in, or without its key; an old key still opens it', () => {
  const card = sealed('4711');
  expect(openCard(card, '4712', [key])).toBeUndefined();
  expect(openCard(card, '4711', [other])).toBeUndefined();
  expect(openCard(card, '4711', [other, key])).toBe(TOKEN.token);
});

it('has the same id in each pay-in, and another one for another token or key', () => {
  const { id } = sealed('4711');
  expect(sealed('4712').id).toBe(id);
  expect(sealed('4711', [key, other]).id).toBe(id);
  expect(sealed('4711', [key], { ...TOKEN, token: `${TOKEN.token}x` }).id).not.toBe(id);
  expect(sealed('4711', [other]).id).not.toBe(id);
});

it('is not kept without a key', () => {
  expect(sealCard(TOKEN, '4711', [])).toBeUndefined();
});

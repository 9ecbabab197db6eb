import { clockOffset, clockProblem } from '../../lesspay/clock';
import { client, failure, lesspay, ORDER, QUERY, says } from './lesspay-server';

const T = Date.parse('2026-11-27T10:00:00Z');
const at = (ms: number) => new Date(T + ms).toUTCString();

describe('our clock compared with an answer’s date', () => {
  it.each([
    ['within the call', 4_000, 0],
    ['when it was sent', 0, 0],
    ['when it came', 9_000, 0],
    ['before it was sent', -360_000, 360_000],
    ['after it came', 369_000, -360_000],
  ])('that is %s', (_what, date, offset) => {
    expect(clockOffset(at(date), T, T + 9_000)).toBe(offset);
  });

  it.each([undefined, '', 'soon'])('that is %j: nothing is known', (date) => {
    expect(clockOffset(date, T, T)).toBeUndefined();
  });

  it.each([
    [undefined, /^nothing$/],
    [0, /^nothing$/],
    [29_000, /^nothing$/],
    [-29_000, /^nothing$/],
    [45_000, /is 45 seconds ahead of/],
    [360_000, /is 6 minutes ahead of/],
    [-360_000, /is 6 minutes behind/],
    [-9 * 3_600_000, /is 9 hours behind/],
  ])('%s ms ahead: %s', (offset, said) => {
    expect(clockProblem(offset) ?? 'nothing').toMatch(said);
  });
});

describe('refused credentials', () => {
  const refusing = (date: string) => says(401, { code: 5004, msg: 'bad signature' }, { date });
  const now = () => T;

  it('say that our clock is off, for both calls', async () => {
    lesspay.answer = refusing(at(360_000));
    for (const error of [
      await failure(client({ now }).queryOrder(QUERY)),
      await failure(client({ now }).createOrder(ORDER)),
    ])
      expect(error.message).toBe(
        'Lesspay did not accept the credentials (HTTP 401, code 5004: bad signature). ' +
          'Our clock is 6 minutes behind the clock of Lesspay’s answer: correct our clock first. ' +
          'Check the app id, the app secret and their permissions at Lesspay.',
      );
  });

  it('say nothing of a clock that is right', async () => {
    lesspay.answer = refusing(at(0));
    expect((await failure(client({ now }).queryOrder(QUERY))).message).not.toMatch(/clock/);
  });
});

describe('a check', () => {
  it('asks for an order that does not exist, and says whether our clock is off', async () => {
    lesspay.answer = says(200, { code: 1202, msg: 'data not found' }, { date: at(-120_000) });
    expect(await client({ now: () => T }).check()).toMatch(/2 minutes ahead/);
    lesspay.answer = says(200, { code: 1202, msg: 'data not found' }, { date: at(0) });
    expect(await client({ now: () => T }).check()).toBeUndefined();
    expect(lesspay.asked.map(({ request }) => request.url)).toEqual(
      Array.from({ length: 2 }, () => '/api/global/v1/pay/query-order'),
    );
  });

  it('fails as any other call', async () => {
    lesspay.answer = says(401, '');
    expect(await failure(client().check())).toMatchObject({ kind: 'credentials', effect: 'did_not' });
  });
});

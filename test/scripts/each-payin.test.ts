import { eachPayin } from '../../scripts/each-payin';

const payins = (count: number) => Array.from({ length: count }, (_none, index) => ({ request_id: `${index}` }));
const quiet = { onEach: () => undefined, inWords: String };

it('does it to each, so many at a time, and names those that fail, which keep none of the others from it', async () => {
  let under_way = 0;
  let most = 0;
  const act = async ({ request_id }: { readonly request_id: string }) => {
    under_way += 1;
    most = Math.max(most, under_way);
    await new Promise((resolve) => setImmediate(resolve));
    under_way -= 1;
    if (request_id.endsWith('7')) throw new Error('refused');
  };
  const never = new AbortController().signal;
  const { done, failed, left } = await eachPayin(payins(1_000), act, { atOnce: 20, signal: never, ...quiet });
  expect({ done, failed: failed.length, left, most }).toEqual({ done: 900, failed: 100, left: 0, most: 20 });
  expect(failed[0]).toEqual({ request_id: '7', why: 'Error: refused' });
});

it('begins no more once it is broken off, and says how many are left', async () => {
  const interrupt = new AbortController();
  const act = async ({ request_id }: { readonly request_id: string }) => {
    if (request_id === '5') interrupt.abort();
  };
  const outcome = await eachPayin(payins(10), act, { atOnce: 1, signal: interrupt.signal, ...quiet });
  expect(outcome).toEqual({ done: 6, failed: [], left: 4 });
});

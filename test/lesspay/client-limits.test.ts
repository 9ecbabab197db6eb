import { once } from 'node:events';
import { arrived, client, failure, lesspay, ORDER, QUERY, says } from './lesspay-server';

describe('the time-out', () => {
  it('ends a call without an answer, which may have taken effect', async () => {
    const silent = arrived();
    const error = await failure(client({ createTimeoutMs: 2_000 }).createOrder(ORDER));
    expect(error).toMatchObject({ kind: 'timeout', effect: 'may_have' });
    await silent;
  });

  it('is one for the whole answer, however steadily its body drips', async () => {
    const body = JSON.stringify({ code: 0, data: { pay_order_id: 'P1' } }).padEnd(1_000_000);
    let drip: NodeJS.Timeout | undefined;
    const closed = arrived((response) => {
      let sent = 0;
      response.writeHead(200);
      drip = setInterval(() => response.write(body.charAt(sent++)), 10);
    }).then((response) => once(response, 'close'));
    const error = await failure(client({ createTimeoutMs: 2_000 }).createOrder(ORDER));
    expect(error).toMatchObject({ kind: 'timeout', effect: 'may_have' });
    await closed;
    clearInterval(drip);
  });

  it('of a query may be its own, and a query takes no effect', async () => {
    const silent = arrived();
    expect(await failure(client().queryOrder(QUERY, { timeoutMs: 2_000 }))).toMatchObject({
      kind: 'timeout',
      effect: 'did_not',
    });
    await silent;
  });

  it('leaves a slow answer alone', async () => {
    lesspay.answer = (request, response) =>
      void setTimeout(() => says(200, { code: 0, data: { payOrderId: 'P1' } })(request, response), 200);
    expect(await client({ createTimeoutMs: 10_000 }).createOrder(ORDER)).toEqual({ pay_order_id: 'P1' });
  });
});

describe('taken back by its caller', () => {
  it('a call that was sent may have taken effect', async () => {
    const abort = new AbortController();
    const sent = arrived();
    const call = failure(client().createOrder(ORDER, { signal: abort.signal }));
    await sent;
    abort.abort();
    expect(await call).toMatchObject({ kind: 'aborted', effect: 'may_have' });
  });

  it('a call before it is sent did not, and nothing is sent', async () => {
    const call = failure(client().createOrder(ORDER, { signal: AbortSignal.abort() }));
    expect(await call).toMatchObject({ kind: 'aborted', effect: 'did_not' });
    expect(lesspay.asked).toHaveLength(0);
  });
});

it('reads no more of an endless answer than the limit', async () => {
  let written = 0;
  const closed = arrived((response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(16_384, ' ');
    const more = (): void => {
      written += chunk.length;
      if (!response.destroyed) response.write(chunk, more);
    };
    more();
  }).then((response) => once(response, 'close'));
  const error = await failure(client({ maxAnswerBytes: 100_000 }).createOrder(ORDER));
  expect(error).toMatchObject({ kind: 'unavailable', effect: 'may_have' });
  await closed;
  expect(written).toBeLessThan(20_000_000);
});

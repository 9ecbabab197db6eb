import { connect } from 'node:net';
import { once } from 'node:events';
import { closeAll, openRig, orderRequest, readEnvelope, signedHeaders, type Rig } from './rig';

afterEach(closeAll);

const sendText = (rig: Rig, text: string, headers: Record<string, string>) =>
  fetch(`${rig.sandbox.url}/api/global/v1/pay/create-order`, { method: 'POST', headers, body: text });

describe('create-order', () => {
  test('answers with the order and its checkout page', async () => {
    const rig = await openRig();
    const { code, msg, order } = await rig.create();
    expect({ code, msg }).toEqual({ code: 0, msg: 'SUCCESS' });
    expect(order).toMatchObject({
      request_id: '4711',
      order_status: 'PENDING_PAY',
      order_status_int: 1,
      target_amount: '100.00',
    });
    expect(order?.pay_order_id).toMatch(/^P\d{19}$/);
    expect(order?.checkout_url).toBe(`${rig.sandbox.url}/checkout/${order?.pay_order_id}`);
  });

  test('refuses a request_id that exists with 1201, whatever the content', async () => {
    const rig = await openRig();
    await rig.create();
    expect(await rig.create()).toMatchObject({ code: 1201, data: null });
    expect(await rig.create({ target_amount: '5.00' })).toMatchObject({ code: 1201 });
    expect(rig.sandbox.orders.list()).toHaveLength(1);
  });

  test('gives one order to twenty equal requests at once', async () => {
    const rig = await openRig();
    const answers = await Promise.all(Array.from({ length: 20 }, () => rig.create()));
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 1201)).toHaveLength(19);
  });

  test.each<[string, object]>([
    ['request_id', { request_id: 'x'.repeat(21) }],
    ['request_id', { request_id: '' }],
    ['product_name', { product_name: 'x'.repeat(31) }],
    ['description', { description: 'x'.repeat(51) }],
    ['target_amount', { target_amount: 100 }],
    ['target_amount', { target_amount: '0.00' }],
    ['target_amount', { target_amount: '1e3' }],
    ['target_currency', { target_currency: undefined }],
    ['transaction_type', { transaction_type: 'PAY_OUT' }],
    ['success_url', { success_url: `https://shop.example/${'x'.repeat(255)}` }],
    ['success_url', { success_url: 'javascript:alert(1)' }],
    ['fail_url', { fail_url: null }],
    ['api_version', { api_version: 'V3' }],
    ['pay_access_type', { pay_access_type: 3 }],
    ['expired_time', { expired_time: 0 }],
    ['expired_time', { expired_time: '1800' }],
    ['notify_url', { notify_url: 'ftp://shop.example' }],
    ['notify_url', { way_type: 'CARD_PAYMENT' }],
  ])('refuses a bad %s with code 11 that names it: %j', async (field, changes) => {
    const rig = await openRig();
    const { code, msg } = await rig.create(changes);
    expect(code).toBe(11);
    expect(msg).toContain(field);
    expect(rig.sandbox.orders.list()).toEqual([]);
  });

  test('takes texts of exactly the limit, a character outside the BMP being one', async () => {
    const rig = await openRig();
    const texts = { request_id: 'x'.repeat(20), product_name: '🫘'.repeat(30), description: 'x'.repeat(50) };
    expect(await rig.create(texts)).toMatchObject({ code: 0 });
  });
});

describe('the request signature', () => {
  const text = JSON.stringify(orderRequest());

  test.each<[string, number, Record<string, string>]>([
    ['another app id', 401, { 'x-auth-appid': 'somebody' }],
    ['no signature', 401, { 'x-auth-signature': '' }],
    ['a wrong signature', 401, { 'x-auth-signature': '0'.repeat(64) }],
    ['a signature of other length', 401, { 'x-auth-signature': 'é' }],
    ['a signature of as many other characters', 401, { 'x-auth-signature': 'é'.repeat(64) }],
    ['no timestamp', 400, { 'x-auth-timestamp': '' }],
  ])('is refused: %s', async (_what, status, headers) => {
    const rig = await openRig();
    expect((await sendText(rig, text, signedHeaders(text, headers))).status).toBe(status);
    expect(rig.sandbox.orders.list()).toEqual([]);
    expect(rig.sandbox.calls().create_calls).toBe(0);
  });

  test('covers the raw text: a changed amount is refused', async () => {
    const rig = await openRig();
    expect((await sendText(rig, text.replace('100.00', '1.00'), signedHeaders(text))).status).toBe(401);
  });

  test('goes by the number as it was written', async () => {
    const rig = await openRig();
    const written = text.replace('"4711"', '4711.10');
    // Not a string, so code 11; but signed well, or it would be a 401.
    expect(await readEnvelope(await sendText(rig, written, signedHeaders(written)))).toMatchObject({ code: 11 });
  });

  test.each(['not json', '[]', '"text"', ''])(
    'is not even looked at when the body is no JSON object: %j',
    async (body) => {
      const rig = await openRig();
      expect((await sendText(rig, body, signedHeaders(text))).status).toBe(400);
    },
  );

  test('is not asked of other methods: 405', async () => {
    const rig = await openRig();
    expect((await fetch(`${rig.sandbox.url}/api/global/v1/pay/create-order`)).status).toBe(405);
  });

  test('a body too large is 413', async () => {
    const rig = await openRig();
    const large = JSON.stringify(orderRequest({ channel_extra: { filler: 'x'.repeat(300_000) } }));
    expect((await sendText(rig, large, signedHeaders(large))).status).toBe(413);
  });
});

describe('query-order', () => {
  test('finds an order by either id, as a row of a page, without a checkout URL', async () => {
    const rig = await openRig();
    const id = (await rig.create()).order?.pay_order_id;
    const { code, page } = await rig.query();
    expect({ code, total: page?.total }).toEqual({ code: 0, total: 1 });
    expect(page?.list[0]).toMatchObject({
      request_id: '4711',
      pay_order_id: id,
      order_status: 'PENDING_PAY',
      order_status_int: 1,
      target_amount: '100.00',
      target_currency: 'USDT',
      product_name: 'Coffee',
      description: 'Two bags of beans',
      create_time: rig.clock.now(),
    });
    expect(page?.list[0]).not.toHaveProperty('checkout_url');
    expect((await rig.query({ request_id: undefined, pay_order_id: id })).page?.list).toEqual(page?.list);
  });

  test('shows the checkout URL where it is told to, by option or by setting', async () => {
    const rig = await openRig({ queryShowsCheckoutUrl: true });
    const url = (await rig.create()).order?.checkout_url;
    expect((await rig.query()).page?.list[0]?.checkout_url).toBe(url);
    await rig.control('PATCH', '/settings', { query_shows_checkout_url: false });
    expect((await rig.query()).page?.list[0]).not.toHaveProperty('checkout_url');
  });

  test('answers 1202 for an id that is unknown, is of another order, or was not created in the window', async () => {
    const rig = await openRig();
    await rig.create();
    const other = (await rig.create({ request_id: '4712' })).order?.pay_order_id;
    const now = rig.clock.now();
    for (const query of [
      { request_id: '4713' },
      { pay_order_id: other },
      { start_time: now + 1 },
      { start_time: now - 1000, end_time: now - 1 },
    ])
      expect(await rig.query(query)).toMatchObject({ code: 1202, data: null });
  });

  test.each<[string, (now: number) => object]>([
    ['start_time', () => ({ start_time: undefined })],
    ['start_time', () => ({ start_time: 1_760_000_000 })],
    ['end_time', (now) => ({ start_time: now - 7 * 86_400_000, end_time: now + 1 })],
    ['end_time', (now) => ({ start_time: now, end_time: now - 1 })],
    ['page_size', () => ({ page_size: 1001 })],
    ['page', () => ({ page: 0 })],
  ])('refuses a bad %s with code 11', async (field, changes) => {
    const rig = await openRig();
    await rig.create();
    const { code, msg } = await rig.query(changes(rig.clock.now()));
    expect(code).toBe(11);
    expect(msg).toContain(field);
  });

  test('without an id lists the orders created in the window, a page at a time', async () => {
    const rig = await openRig();
    for (const request_id of ['a', 'b', 'c', 'd']) {
      await rig.create({ request_id });
      rig.clock.pass(1000);
    }
    const start_time = rig.clock.now() - 3000;
    const page = (number: number) =>
      rig.query({ request_id: undefined, start_time, page: number, page_size: 2 }).then(({ page }) => page);
    expect((await page(1))?.list.map(({ request_id }) => request_id)).toEqual(['b', 'c']);
    expect(await page(2)).toMatchObject({ list: [{ request_id: 'd' }], total: 3, page: 2, page_size: 2 });
    expect((await page(3))?.list).toEqual([]);
  });

  test('pages through more than a page at its largest, oldest first, none twice and none left out', async () => {
    const rig = await openRig();
    const sent = Array.from({ length: 1100 }, (_, n) => `n${n}`);
    for (const request_id of sent) {
      await rig.create({ request_id });
      // Some in the same millisecond, and all in the window of the queries.
      rig.clock.moveSilently(Number(request_id.slice(1)) % 3);
    }
    const listed = [];
    for (const [page, length] of [1000, 100, 0].entries()) {
      const answer = (await rig.query({ request_id: undefined, page: page + 1, page_size: 1000 })).page;
      expect(answer).toMatchObject({ total: 1100, page: page + 1, page_size: 1000 });
      expect(answer?.list).toHaveLength(length);
      listed.push(...(answer?.list.map(({ request_id }) => request_id) ?? []));
    }
    expect(listed).toEqual(sent);
  });
});

test('a port in use is told by its own error', async () => {
  const { sandbox } = await openRig();
  await expect(openRig({ port: sandbox.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('close ends a connection that waits for an answer', async () => {
  const rig = await openRig();
  const socket = connect(rig.sandbox.port, '127.0.0.1');
  await once(socket, 'connect');
  const ended = once(socket, 'close');
  await rig.sandbox.close();
  await ended;
  expect(socket.destroyed).toBe(true);
});

import { waitFor } from '../machinery/wait-for';
import { closeAll, openRig, type Rig } from './rig';

afterEach(closeAll);

const page = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, text: await response.text() };
};

/** Sends the page's form as a browser does, without going where the answer leads. */
const press = async (url: string, form: Record<string, string>) => {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  return { status: response.status, location: response.headers.get('location'), text: await response.text() };
};

async function openCheckout(changes?: object): Promise<{ rig: Rig; url: string }> {
  const rig = await openRig();
  const url = (await rig.create(changes)).order?.checkout_url ?? '';
  return { rig, url };
}

test('shows what is to be paid, for what, and until when', async () => {
  const { url } = await openCheckout();
  const { status, text, headers } = await page(url);
  expect(status).toBe(200);
  for (const part of ['100.00', 'USDT', 'Coffee', 'Two bags of beans', 'shop.example', 'no real money', '4711'])
    expect(text).toContain(part);
  expect(text).toMatch(/Pay before <time datetime="2025-10-09T09:23:20.000Z">09:23 UTC<\/time>/);
  for (const button of ['Pay', 'Pay a different amount', 'Decline', 'Cancel'])
    expect(text).toMatch(new RegExp(`>\\s*${button}\\s*</button>`));
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
});

test.each<[string, Record<string, string>, string, string]>([
  ['Pay', { action: 'pay' }, 'SUCCEED', 'https://shop.example/thanks?order=4711'],
  [
    'Pay a different amount',
    { action: 'pay-different', amount: '99.5' },
    'PAID',
    'https://shop.example/thanks?order=4711',
  ],
  [
    'Pay a different amount, which is the same as a decimal',
    { action: 'pay-different', amount: ' 100 ' },
    'SUCCEED',
    'https://shop.example/thanks?order=4711',
  ],
  ['Decline', { action: 'decline' }, 'FAILED', 'https://shop.example/sorry'],
  ['Cancel', { action: 'cancel' }, 'CANCELED', 'https://shop.example/sorry'],
])('%s settles the order, sends the payer back and tells the merchant', async (_button, form, status, target) => {
  const { rig, url } = await openCheckout();
  expect(await press(url, form)).toMatchObject({ status: 303, location: target });
  expect(rig.sandbox.orders.get('4711').status).toBe(status);
  await waitFor(() => rig.merchant.received.length === 1, { what: 'the webhook' });
  expect(rig.merchant.statuses()).toEqual([status]);
});

test.each(['', '0', '-5', '1,50', 'ten', '1e3', '<b>'])(
  'an amount of %j is refused, and can be corrected',
  async (amount) => {
    const { rig, url } = await openCheckout();
    const { status, text } = await press(url, { action: 'pay-different', amount });
    expect(status).toBe(422);
    expect(text).toContain('Enter an amount above zero');
    expect(text).toContain('aria-invalid="true"');
    expect(text).not.toContain('<b>');
    expect(rig.sandbox.orders.get('4711').status).toBe('PENDING_PAY');
    expect((await press(url, { action: 'pay' })).status).toBe(303);
  },
);

test.each([
  ['pay', 'Payment complete'],
  ['decline', 'Payment declined'],
  ['cancel', 'Payment cancelled'],
] as const)('after %s the page says so, has no buttons, and pressing one changes nothing', async (action, title) => {
  const { rig, url } = await openCheckout();
  const { status } = rig.sandbox.orders.act('4711', action);
  expect((await page(url)).text).toContain(title);
  expect((await page(url)).text).not.toContain('</button>');
  for (const again of ['pay', 'decline', 'cancel']) {
    const refused = await press(url, { action: again });
    expect(refused).toMatchObject({ status: 409, location: null });
    expect(refused.text).toContain('Nothing was done: the order had already ended');
  }
  expect(rig.sandbox.orders.get('4711').status).toBe(status);
});

test('after its time an order can not be paid any more', async () => {
  const { rig, url } = await openCheckout({ expired_time: 60 });
  rig.clock.moveSilently(60_000);
  const refused = await press(url, { action: 'pay' });
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('This order has expired');
  expect(rig.sandbox.orders.get('4711').status).toBe('CLOSED');
});

test('an order that does not exist is a page of its own, and a form nobody made is refused', async () => {
  const { rig, url } = await openCheckout();
  const unknown = `${rig.sandbox.url}/checkout/P2000000000000000000`;
  expect(await page(unknown)).toMatchObject({ status: 404, text: expect.stringContaining('No such order') });
  expect((await press(unknown, { action: 'pay' })).status).toBe(404);
  expect((await press(url, { action: 'steal' })).status).toBe(400);
  expect((await page(`${rig.sandbox.url}/checkout/%E0%A4%A`)).status).toBe(400);
});

test('whatever a merchant writes is text on the page, never markup', async () => {
  const evil = `"'><script>alert(1)</script>`;
  const { rig, url } = await openCheckout({
    request_id: `'"><img src=x>`,
    product_name: evil,
    description: `&lt;${evil}`,
    success_url: `https://shop.example/"onclick="alert(1)`,
  });
  for (const address of [url, `${rig.sandbox.url}/`]) {
    const { text } = await page(address);
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('<img');
    expect(text).toContain('&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  }
  expect((await page(url)).text).toContain('&amp;lt;');
  rig.sandbox.orders.list().forEach(({ request_id }) => rig.sandbox.orders.act(request_id, 'pay'));
  expect((await page(url)).text).not.toContain('"onclick="');
});

test('the page runs its own script and style only, by a nonce that is new each time, and may lead anywhere on the web', async () => {
  const { url } = await openCheckout();
  const policy = async () => (await page(url)).headers.get('content-security-policy') ?? '';
  const { text, headers } = await page(url);
  const nonce = /script-src 'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1];
  expect(text.match(/<(script|style)\b[^>]*>/g)).toEqual([`<style nonce="${nonce}">`, `<script nonce="${nonce}">`]);
  expect(text).not.toMatch(/\son\w+=|\sstyle=/);
  expect(await policy()).toContain("default-src 'none'");
  expect(await policy()).toContain("form-action 'self' http: https:");
  expect(await policy()).not.toBe(await policy());
});

test('the front page lists the latest orders, with links to their checkout pages', async () => {
  const { rig } = await openCheckout();
  const second = (await rig.create({ request_id: '4712', product_name: 'Tea' })).order;
  const { status, text } = await page(`${rig.sandbox.url}/`);
  expect(status).toBe(200);
  expect(text).toContain(`href="/checkout/${second?.pay_order_id}"`);
  expect(text.indexOf('Tea')).toBeLessThan(text.indexOf('Coffee'));
});

test('there are pages to return to', async () => {
  const { sandbox } = await openRig();
  expect((await page(`${sandbox.url}/return/success`)).text).toContain('Payment complete');
  expect((await page(`${sandbox.url}/return/fail`)).text).toContain('Payment not completed');
  expect((await page(`${sandbox.url}/`)).text).toContain('None yet');
});

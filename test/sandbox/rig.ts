import { z } from 'zod';
import { requestSignature } from '../../lesspay/signature';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox';
import { FakeClock } from './fake-clock';
import { startMerchant, type Merchant } from './merchant';

export const APP = { appId: 'sandbox-app', appSecret: 'sandbox-secret' };

const row = z.looseObject({ pay_order_id: z.string(), checkout_url: z.string().optional() });
const rows = z.looseObject({ list: z.array(row), total: z.int() });

/** Lesspay's envelope around a new order's fields or a page of rows; the other of the two is empty. */
export type Envelope = Awaited<ReturnType<typeof readEnvelope>>;

export async function readEnvelope(response: Response) {
  const { data, ...rest } = z
    .object({ code: z.int(), msg: z.string(), data: z.unknown() })
    .parse(await response.json());
  return { ...rest, data, order: row.safeParse(data).data, page: rows.safeParse(data).data };
}

export interface Rig {
  readonly sandbox: Sandbox;
  readonly clock: FakeClock;
  readonly merchant: Merchant;
  readonly log: string[];
  /** A signed call of Lesspay's; the HTTP answer as it came. */
  readonly send: (
    path: 'create-order' | 'query-order',
    body: object,
    headers?: Record<string, string>,
  ) => Promise<Response>;
  readonly create: (changes?: object) => Promise<Envelope>;
  readonly query: (changes?: object) => Promise<Envelope>;
  readonly control: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Response>;
}

const opened: { close(): Promise<void> }[] = [];

/** Ends all that a test began. */
export async function closeAll(): Promise<void> {
  for (const part of opened.splice(0).reverse()) await part.close();
}

export async function openMerchant(): Promise<Merchant> {
  const merchant = await startMerchant();
  opened.push(merchant);
  return merchant;
}

/** A sandbox on a clock that stands still, and a merchant that acknowledges its webhooks. */
export async function openRig(
  options: Partial<SandboxOptions> & { clock?: FakeClock; merchant?: Merchant } = {},
): Promise<Rig> {
  const { merchant = await openMerchant(), clock = new FakeClock(), ...rest } = options;
  const log: string[] = [];
  const sandbox = await startSandbox({
    port: 0,
    ...APP,
    clock,
    log: (line) => log.push(line),
    notifyUrl: merchant.url,
    ...rest,
  });
  opened.push(sandbox);

  const send: Rig['send'] = (path, body, headers) => {
    const text = JSON.stringify(body);
    return fetch(`${sandbox.url}/api/global/v1/pay/${path}`, {
      method: 'POST',
      headers: signedHeaders(text, headers),
      body: text,
    });
  };
  return {
    sandbox,
    clock,
    merchant,
    log,
    send,
    create: async (changes) => readEnvelope(await send('create-order', orderRequest(changes))),
    query: async (changes) => {
      const window = { start_time: clock.now() - 86_400_000, end_time: clock.now() + 1000 };
      return readEnvelope(await send('query-order', { ...window, request_id: '4711', ...changes }));
    },
    control: (method, path, body, headers) =>
      fetch(`${sandbox.url}/control${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

export const signedHeaders = (text: string, changes: Record<string, string> = {}): Record<string, string> => ({
  'content-type': 'application/json',
  'x-auth-appid': APP.appId,
  'x-auth-timestamp': '1760000000000',
  'x-auth-signature': requestSignature(text, APP.appSecret),
  ...changes,
});

export const orderRequest = (changes: object = {}): Record<string, unknown> => ({
  request_id: '4711',
  product_name: 'Coffee',
  description: 'Two bags of beans',
  target_amount: '100.00',
  target_currency: 'USDT',
  transaction_type: 'PAY_IN',
  success_url: 'https://shop.example/thanks?order=4711',
  fail_url: 'https://shop.example/sorry',
  api_version: 'V2',
  pay_access_type: 1,
  expired_time: 1800,
  ...changes,
});

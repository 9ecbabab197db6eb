import { createHash } from 'node:crypto';
import http from 'node:http';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { startApi, type ApiOptions } from '../../api/server';
import { openRecords } from '../../records/open-records';
import { webhookSignature } from '../../lesspay/signature';
import { temporalClient } from '../../temporal.config';

export const WRITE_KEY = 'the-key-that-may-write';
export const READ_KEY = 'the-key-that-may-read';
export const SECRETS = ['the-new-app-secret', 'the-old-app-secret'] as const;
/** Nothing listens on port 1. */
export const NOWHERE = '127.0.0.1:1';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export interface TestApi {
  readonly url: string;
  readonly client: Client;
  /** Every log line so far. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** An API on a free port of this machine, its log kept, with a client of the Temporal at `address`. */
export async function startTestApi(
  address: string,
  { settings, ...more }: Omit<Partial<ApiOptions>, 'settings'> & { settings?: Partial<ApiOptions['settings']> } = {},
): Promise<TestApi> {
  const log: string[] = [];
  const client = temporalClient({ namespace: 'default', connectionOptions: { address } });
  const api = await startApi({
    client,
    records: openRecords({ databaseUrl: `postgres://${NOWHERE}/none` }),
    settings: {
      HOST: '127.0.0.1',
      PORT: 0,
      API_KEYS: [
        { name: 'reader', scope: 'read', sha256: sha256(READ_KEY) },
        { name: 'writer', scope: 'write', sha256: sha256(WRITE_KEY) },
      ],
      LESSPAY_APP_SECRET: [...SECRETS],
      RATE_LIMIT_PER_KEY: 0,
      RATE_LIMIT_PER_ADDRESS: 0,
      TRUST_PROXY: 0,
      LESSPAY_WEBHOOK_VERSIONS: ['v1', 'v2'],
      REQUEST_ID_PREFIX: [],
      LESSPAY_MINOR_UNIT_METHODS: ['bank_push_mxn', 'pix_brl'],
      CARD_SECRET_KEYS: [Buffer.alloc(32, 7)],
      WEBHOOKS_ON_API: 'yes',
      WEBHOOK_ADDRESSES: [],
      MAX_CONNECTIONS: 5_000,
      // The tests keep their own process busy.
      OVERLOAD_DELAY_MS: 0,
      ...settings,
    },
    logger: pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }),
    ...more,
  });
  const close = async () => {
    await api.close();
    await client.connection.close();
  };
  return { url: api.url, client, log, close };
}

/** The address of the real Temporal that the global set-up started. */
export function temporalAddress(): string {
  const address = process.env['TEST_TEMPORAL_ADDRESS'];
  if (!address) throw new Error('TEST_TEMPORAL_ADDRESS is not set: run through jest, whose global set-up sets it');
  return address;
}

export interface Call {
  readonly method?: string;
  /** An array sends the header once for each of its values. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
}

export interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; `undefined` when it isn't an object. */
  readonly json: Record<string, unknown> | undefined;
}

/** One HTTP request, byte for byte as given; `fetch` would mend too much. */
export function call(url: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonObject(text) });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

export const JSON_TYPE = { 'content-type': 'application/json' };

/** `POST /payins` of a backend that may write. */
export const postPayin = (api: TestApi, body: string | Uint8Array | object, headers: Call['headers'] = {}) =>
  call(`${api.url}/payins`, {
    method: 'POST',
    headers: { ...bearer(WRITE_KEY), ...JSON_TYPE, ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });

/** A request that breaks no rule. */
export const PAYIN = {
  request_id: 'order-4711',
  amount: '100.00',
  currency: 'USDT',
  product_name: 'Two cups',
  description: 'Blue, with a handle',
  success_url: 'https://shop.example/thanks',
  fail_url: 'https://shop.example/sorry',
} as const;

/** A webhook as Lesspay signs it. */
export function signed(
  members: object,
  secret: string = SECRETS[0],
): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify(members);
  return { body, headers: { ...JSON_TYPE, 'x-auth-signature': webhookSignature(body, secret) } };
}

export const postWebhook = (api: TestApi, webhook: Pick<Call, 'body' | 'headers'>) =>
  call(`${api.url}/webhooks/lesspay`, { method: 'POST', ...webhook });

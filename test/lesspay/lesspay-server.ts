import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createLesspayClient, type LesspayClient, type LesspayClientOptions } from '../../lesspay/client';
import { LesspayError } from '../../lesspay/errors';

export const SECRET = 'Wy31kFZf4jkE+Y2XZhmFuQ';
export const APP_ID = 'app-4711-of-the-merchant';
export const NOW = 1766992517141;
export const ORDER = {
  request_id: 'order-4711',
  product_name: 'Order coffee',
  description: 'A coffee order',
  target_amount: '100.00',
  target_currency: 'USDT',
  success_url: 'https://www.example.com/success',
  fail_url: 'https://www.example.com/fail',
};
export const QUERY = { request_id: 'order-4711', start_time: NOW - 86_400_000, end_time: NOW };

/** A real HTTP server in Lesspay's place, one for each test; `answer` says what it does. */
export const lesspay: { server: Server; answer: RequestListener; asked: { request: IncomingMessage; text: string }[] } =
  {
    server: createServer(),
    answer: () => {},
    asked: [],
  };

beforeEach(async () => {
  lesspay.asked = [];
  lesspay.server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      lesspay.asked.push({ request, text: Buffer.concat(chunks).toString() });
      lesspay.answer(request, response);
    });
  });
  await once(lesspay.server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(async () => {
  lesspay.server.closeAllConnections();
  if (lesspay.server.listening) await once(lesspay.server.close(), 'close');
});

export function address(): string {
  const bound = lesspay.server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the server listens on a port');
  return `${bound.address}:${bound.port}`;
}

export const client = (options: Partial<LesspayClientOptions> = {}): LesspayClient =>
  createLesspayClient({ baseUrl: `http://${address()}`, appId: APP_ID, secret: SECRET, now: () => NOW, ...options });

export const says =
  (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

export async function failure(call: Promise<unknown>): Promise<LesspayError> {
  const outcome: unknown = await call.then(
    (value) => new Error(`accepted: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof LesspayError) return outcome;
  throw outcome;
}

/** Resolves when the server has the request, so that nothing is aborted or cut too early. */
export const arrived = (then: (response: ServerResponse) => void = () => {}): Promise<ServerResponse> =>
  new Promise((resolve) => {
    lesspay.answer = (_request, response) => {
      then(response);
      resolve(response);
    };
  });

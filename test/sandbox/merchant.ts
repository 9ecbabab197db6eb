import { createServer } from 'node:http';
import { once } from 'node:events';
import { z } from 'zod';
import { webhookSignature } from '../../lesspay/signature';

export interface Received {
  readonly path: string;
  readonly body: string;
  readonly json: Record<string, unknown>;
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
  /** By the secret `sandbox-secret`. */
  readonly signed: boolean;
}

type Reply = { readonly status: number; readonly text: string; readonly location?: string };

/** A merchant's webhook receiver. */
export interface Merchant {
  readonly url: string;
  readonly received: Received[];
  /** How it answers from now on; `SUCCESS` at first. */
  reply(reply: Reply): void;
  statuses(): unknown[];
  close(): Promise<void>;
}

export const ACKNOWLEDGE: Reply = { status: 200, text: 'SUCCESS' };

export async function startMerchant(): Promise<Merchant> {
  const received: Received[] = [];
  let reply = ACKNOWLEDGE;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const header = (name: string) => request.headers[name]?.toString();
      const signature = header('x-auth-signature');
      received.push({
        path: request.url ?? '',
        body,
        json: parse(body),
        signature,
        timestamp: header('x-auth-timestamp'),
        signed:
          signature !== undefined &&
          Object.keys(parse(body)).length > 0 &&
          webhookSignature(body, 'sandbox-secret') === signature,
      });
      response.writeHead(reply.status, reply.location === undefined ? {} : { location: reply.location });
      response.end(reply.text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    reply: (next) => {
      reply = next;
    },
    statuses: () => received.map(({ json }) => json['order_status']),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function parse(body: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(body));
  } catch {
    return {};
  }
}

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Settings } from '../settings';
import { type AppOptions, createApp } from './app';

export interface ApiOptions extends AppOptions {
  readonly settings: AppOptions['settings'] & Pick<Settings, 'HOST' | 'PORT'>;
  /** How long a caller may take to send a request, body included. */
  readonly requestTimeoutMs?: number;
  /** How long a kept-alive connection may be silent: longer than the 60 s of common load balancers, whose turn it is. */
  readonly keepAliveTimeoutMs?: number;
  /** How long `close` waits for requests in flight; longer than the longest answer, a POST's. */
  readonly graceMs?: number;
}

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  /** Takes no new request, lets those in flight finish, then resolves. */
  close(): Promise<void>;
}

/**
 * Serves the API on `HOST` and `PORT` (0: any free port). It starts, and answers 503, while Temporal is down.
 * @throws the listen error as it is, e.g. EADDRINUSE
 */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { settings, requestTimeoutMs = 20_000, keepAliveTimeoutMs = 65_000, graceMs = 20_000 } = options;
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(10_000, requestTimeoutMs),
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, requestTimeoutMs),
    },
    createApp(options),
  );
  server.listen(settings.PORT, settings.HOST);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : settings.PORT;
  return { url: `http://${reachable(settings.HOST)}:${port}`, port, close: () => close(server, graceMs) };
}

async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  // A kept-alive connection would hold the server open: the answer under way is its last.
  server.prependListener('request', (_req, res) => res.setHeader('Connection', 'close'));
  server.close();
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const grace = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await closed;
  } finally {
    clearInterval(idle);
    clearTimeout(grace);
  }
}

/** A host that a browser on this machine can open. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

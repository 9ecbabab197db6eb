import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Settings } from '../settings';
import { type AppOptions, createApp } from './app';

export interface ApiOptions extends AppOptions {
  readonly settings: AppOptions['settings'] & Pick<Settings, 'HOST' | 'PORT'>;
  /** How long a caller may take to send a whole request, ms. */
  readonly requestTimeoutMs?: number;
  /**
   * How long a kept-alive connection may be idle, ms. Longer than the 60 s that are common in load balancers, so that the load
   * balancer closes it first.
   */
  readonly keepAliveTimeoutMs?: number;
  /** How long `close` waits for requests in progress, ms. Longer than the slowest answer (`POST /payins`). */
  readonly graceMs?: number;
}

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  /** Accepts no new request. Resolves when the requests in progress have their answers, or `graceMs` are over. */
  close(): Promise<void>;
}

/**
 * Serves the API on `HOST` and `PORT` (0: any free port). It also starts while Temporal is down, and then answers 503.
 * @throws the error of `listen`, e.g. EADDRINUSE
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
  // A kept-alive connection would keep the server open, so it is closed after the answer in progress.
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

/** The host of a URL that a browser on this machine can open. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

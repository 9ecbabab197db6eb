import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Express } from 'express';

export interface ServeOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** How many connections are open at most. Further ones are closed at once. Absent: any number. */
  readonly maxConnections?: number;
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

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Accepts no new request. Resolves when the requests in progress have their answers, or `graceMs` are over. */
  close(): Promise<void>;
}

/**
 * Serves an application.
 * @throws the error of `listen`, e.g. EADDRINUSE
 */
export async function serve(app: Express, options: ServeOptions): Promise<RunningServer> {
  const { host, requestTimeoutMs = 20_000, keepAliveTimeoutMs = 65_000, graceMs = 20_000 } = options;
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(10_000, requestTimeoutMs),
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, requestTimeoutMs),
    },
    app,
  );
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections;
  server.listen(options.port, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return { url: `http://${reachable(host)}:${port}`, port, close: () => close(server, graceMs) };
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

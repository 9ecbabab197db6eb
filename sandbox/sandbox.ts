import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { setMaxListeners } from 'node:events';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { CallCounter } from './calls';
import { lesspayClock, realClock, type SandboxClock } from './clock';
import { createControl, type SandboxControl } from './control';
import { controlRoutes } from './control-routes';
import { refuse } from './envelope';
import { Faults } from './faults';
import { lesspayRoutes } from './lesspay-routes';
import { merchantRoutes } from './merchant-routes';
import { OrderBook } from './order-book';
import { OrderStore } from './order-store';
import { pageRoutes } from './page-routes';
import { ReceivedNotifications } from './received-notifications';
import { Settings } from './settings';
import { REDELIVERY_DELAYS_MS, WebhookQueue } from './webhook-queue';

export interface SandboxOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  readonly appId: string;
  /** Several during a rotation. The first signs webhooks; any of them may sign requests. */
  readonly appSecret: string | readonly string[];
  /** The URL for webhooks of orders without `notify_url`. Absent: none are sent. */
  readonly notifyUrl?: string;
  /** `whsec_...`: verifies the notifications to `/merchant/notifications`. Absent: every signature counts as wrong. */
  readonly merchantSecret?: string;
  /** The folder for the orders. Absent: in memory. */
  readonly dataDir?: string;
  readonly clock?: SandboxClock;
  /** Gets one line for each event, without secrets. */
  readonly log?: (line: string) => void;
  /** The delays after the first delivery of a webhook, the second, and so on, ms; the last one repeats. */
  readonly redeliveryDelaysMs?: readonly number[];
  readonly queryShowsCheckoutUrl?: boolean;
}

/** A running sandbox, with all functions of its control endpoint. */
export interface Sandbox extends SandboxControl {
  readonly url: string;
  readonly port: number;
  /** Closes connections and ends background tasks. Undelivered webhooks are delivered after the next start. */
  close(): Promise<void>;
}

/**
 * Starts a simulated Lesspay.
 * @throws Node's error when the server can't listen (`code` is `EADDRINUSE` when the port is in use);
 *   SandboxError `data_unreadable`; ZodError when there is no app secret, or an empty one
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { appId, appSecret, host = '127.0.0.1', clock = realClock, log = () => undefined } = options;
  const settings = new Settings({
    query_shows_checkout_url: options.queryShowsCheckoutUrl ?? false,
    answer_shape: 'snake',
    local_amounts: 'minor',
    new_order_status: 'PENDING_PAY',
    query_lag_ms: 0,
    clock_skew_ms: 0,
    app_secrets: [appSecret].flat(),
  });
  const app = express();
  // Listens first, so that the data of another sandbox on the same port is not touched.
  const server = await listen(app, options.port, host);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const url = `http://${urlHost(host)}:${port}`;

  const stop = new AbortController();
  const closing = stop.signal;
  setMaxListeners(0, closing);
  const background = backgroundTasks(closing, log);
  const checkoutUrl = (pay_order_id: string): string => `${url}/checkout/${pay_order_id}`;

  const close = async (): Promise<void> => {
    stop.abort();
    server.closeAllConnections();
    await Promise.all([closed(server), background.ended()]);
  };
  try {
    const calls = new CallCounter();
    const faults = new Faults();
    const shared = {
      clock: lesspayClock(clock, settings),
      settings,
      closing,
      log,
      calls,
      faults,
      notifications: new ReceivedNotifications(options.merchantSecret ?? randomSecret()),
      checkoutUrl,
      background: background.run,
    };
    const store = new OrderStore(options.dataDir);
    const queue = new WebhookQueue({
      ...shared,
      clock,
      lesspayClock: shared.clock,
      store,
      redeliveryDelaysMs: options.redeliveryDelaysMs ?? REDELIVERY_DELAYS_MS,
    });
    const book = new OrderBook({ ...shared, store, onWebhookQueued: (order) => queue.wake(order) });
    const control = createControl({ ...shared, book });

    app.disable('x-powered-by');
    app.use('/control', controlRoutes(control));
    app.use(pageRoutes({ ...shared, book }));
    app.use(merchantRoutes(shared));
    app.use(
      lesspayRoutes({
        ...shared,
        book,
        appId,
        notifyUrl: options.notifyUrl,
      }),
    );
    app.use((_request, response) => void response.status(404).json(refuse(5003, 'not found').body));
    app.use(answerError(log));

    book.watchPending();
    queue.wakeAll();
    return { ...control, url, port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A secret that nobody knows, so no signature is valid. */
const randomSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** The host for a URL. "All interfaces" is not an address for a browser. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function listen(app: Express, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(app);
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

/** Runs tasks in the background. A failure is logged and does not affect other tasks. */
function backgroundTasks(closing: AbortSignal, log: (line: string) => void) {
  const running = new Set<Promise<void>>();
  return {
    run: (name: string, task: () => Promise<void>): void => {
      const run = task()
        .catch((error: unknown) => {
          if (!closing.aborted) log(`${name} stopped: ${String(error)}`);
        })
        .finally(() => running.delete(run));
      running.add(run);
    },
    ended: () => Promise.all(running),
  };
}

const answerError =
  (log: (line: string) => void): ErrorRequestHandler =>
  (error: unknown, _request, response, _next) => {
    // Express's own errors (e.g. a body that is too large, a path that can't be decoded) have an HTTP status.
    const http_status =
      error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
    if (http_status >= 500) log(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if (!response.headersSent)
      response.status(http_status).json(refuse(http_status < 500 ? 11 : 10, String(error)).body);
  };

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
  /** 0: any free one. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  readonly appId: string;
  /** One, or several while they are rotated: the first signs webhooks, requests may be signed with any. */
  readonly appSecret: string | readonly string[];
  /** Where the webhooks of an order go that has no `notify_url`. */
  readonly notifyUrl?: string;
  /** The merchant's own, `whsec_...`, by which it verifies what it is notified of at `/merchant/notifications`; absent: nothing is verified. */
  readonly merchantSecret?: string;
  /** Absent: orders are kept in memory. */
  readonly dataDir?: string;
  readonly clock?: SandboxClock;
  /** Gets one line for each thing that happens; no secrets in it. */
  readonly log?: (line: string) => void;
  /** After the first delivery of a webhook, the second, and so on; the last repeats. */
  readonly redeliveryDelaysMs?: readonly number[];
  readonly queryShowsCheckoutUrl?: boolean;
}

/** A running sandbox, with all that its control endpoint can do. */
export interface Sandbox extends SandboxControl {
  readonly url: string;
  readonly port: number;
  /** Ends open connections and the tasks beside them; what was undelivered is delivered after the next start. */
  close(): Promise<void>;
}

/**
 * Starts a simulated Lesspay.
 * @throws the server's own error when it can't listen (`code` is `EADDRINUSE` when the port is taken);
 *   SandboxError `data_unreadable`; ZodError when there is no app secret, or an empty one
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { appId, appSecret, host = '127.0.0.1', clock = realClock, log = () => undefined } = options;
  const settings = new Settings({
    query_shows_checkout_url: options.queryShowsCheckoutUrl ?? false,
    new_order_status: 'PENDING_PAY',
    query_lag_ms: 0,
    clock_skew_ms: 0,
    app_secrets: [appSecret].flat(),
  });
  const app = express();
  // Listens first: where another sandbox has the port, its data is not even looked at.
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

/** Nobody knows it, so no notification is verified. */
const randomSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** Every interface is no address to open in a browser; this machine's is. */
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

/** Runs tasks beside the requests: one that fails is logged, and ends the others' work no more than its own. */
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
    // Express's own errors (a body too large, a path that can't be decoded) carry their HTTP status.
    const http_status =
      error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
    if (http_status >= 500) log(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if (!response.headersSent)
      response.status(http_status).json(refuse(http_status < 500 ? 11 : 10, String(error)).body);
  };

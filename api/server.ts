import type { Settings } from '../settings';
import { type AppOptions, createApp } from './app';
import { measureDelay } from './http/overload';
import { type RunningServer, serve, type ServeOptions } from './http/serve';

export interface ApiOptions extends AppOptions, Omit<ServeOptions, 'host' | 'port'> {
  readonly settings: AppOptions['settings'] & Pick<Settings, 'HOST' | 'PORT' | 'MAX_CONNECTIONS'>;
}

export type RunningApi = RunningServer;

/**
 * Serves the API on `HOST` and `PORT` (0: any free port). It also starts while Temporal is down, and then answers 503.
 * @throws the error of `listen`, e.g. EADDRINUSE
 */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { HOST: host, PORT: port, MAX_CONNECTIONS: maxConnections } = options.settings;
  const { delay, stop } = measureDelay();
  try {
    const server = await serve(createApp({ delay, ...options }), { ...options, host, port, maxConnections });
    return { ...server, close: () => server.close().finally(stop) };
  } catch (error) {
    stop();
    throw error;
  }
}

import type { Settings } from '../settings';
import { type AppOptions, createApp } from './app';
import { type RunningServer, serve, type ServeOptions } from './http/serve';

export interface ApiOptions extends AppOptions, Omit<ServeOptions, 'host' | 'port'> {
  readonly settings: AppOptions['settings'] & Pick<Settings, 'HOST' | 'PORT'>;
}

export type RunningApi = RunningServer;

/**
 * Serves the API on `HOST` and `PORT` (0: any free port). It also starts while Temporal is down, and then answers 503.
 * @throws the error of `listen`, e.g. EADDRINUSE
 */
export const startApi = (options: ApiOptions): Promise<RunningApi> =>
  serve(createApp(options), { ...options, host: options.settings.HOST, port: options.settings.PORT });

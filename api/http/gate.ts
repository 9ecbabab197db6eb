import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { ApiKey, Settings } from '../../settings';
import { authenticate, recognise } from './authenticate';
import { createRateLimits, type RateLimitSettings } from './rate-limits';

export type GateSettings = Pick<Settings, 'API_KEYS'> & RateLimitSettings;

/** The checks before the routes of REST: rate limits and API keys. */
export interface Gate {
  /** For every request of REST, once, before `keyed`: finds its API key, and applies the rate limits. */
  readonly anyone: readonly RequestHandler[];
  /** After `anyone`: lets requests pass whose key has this scope. */
  keyed(scope: ApiKey['scope']): readonly (RequestHandler | ErrorRequestHandler)[];
}

export function createGate(settings: GateSettings, logger: Logger): Gate {
  const { perKey, perAddress, wrongKey } = createRateLimits(settings, logger);
  return {
    anyone: [recognise(settings.API_KEYS), perKey, perAddress],
    keyed: (scope) => [authenticate(scope), wrongKey],
  };
}

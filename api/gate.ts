import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { ApiKey, Settings } from '../settings';
import { authenticate } from './authenticate';
import { createRateLimits, type RateLimitSettings } from './rate-limits';

export type GateSettings = Pick<Settings, 'API_KEYS'> & RateLimitSettings;

/** What stands before REST: rate limits and keys. */
export interface Gate {
  /** For whatever any caller may reach, keyed or not: once a request. */
  readonly anyone: RequestHandler;
  /** Lets bearers of a key of this scope pass, each as often as it may. */
  keyed(scope: ApiKey['scope']): readonly (RequestHandler | ErrorRequestHandler)[];
}

export function createGate(settings: GateSettings, logger: Logger): Gate {
  const { perAddress, beforeKey, wrongKey, perKey } = createRateLimits(settings, logger);
  return {
    anyone: perAddress,
    keyed: (scope) => [beforeKey, authenticate(settings.API_KEYS, scope), wrongKey, perKey],
  };
}

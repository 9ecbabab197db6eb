import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { ApiKey, Settings } from '../../settings';
import { authenticate, recognise } from './authenticate';
import { createRateLimits, type RateLimitSettings } from './rate-limits';

export type GateSettings = Pick<Settings, 'API_KEYS'> & RateLimitSettings;

/** What stands before REST: rate limits and keys. */
export interface Gate {
  /** Before all else, once a request, keyed or not: each caller as often as it may. */
  readonly anyone: readonly RequestHandler[];
  /** Behind that: lets bearers of a key of this scope pass. */
  keyed(scope: ApiKey['scope']): readonly (RequestHandler | ErrorRequestHandler)[];
}

export function createGate(settings: GateSettings, logger: Logger): Gate {
  const { perKey, perAddress, wrongKey } = createRateLimits(settings, logger);
  return {
    anyone: [recognise(settings.API_KEYS), perKey, perAddress],
    keyed: (scope) => [authenticate(scope), wrongKey],
  };
}

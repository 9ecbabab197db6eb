import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, type Options, rateLimit, type RateLimitRequestHandler } from 'express-rate-limit';
import type { Logger } from 'pino';
import type { Settings } from '../settings';
import { Problem, problemOf } from './problems';

export type RateLimitSettings = Pick<Settings, 'RATE_LIMIT_PER_KEY' | 'RATE_LIMIT_PER_ADDRESS'>;

export interface RateLimits {
  /** For all that strangers may reach. */
  readonly perAddress: RequestHandler;
  /** Before the key is looked at: an address that has guessed too often may not guess on. */
  readonly beforeKey: RequestHandler;
  /** After it: counts a guess. */
  readonly wrongKey: ErrorRequestHandler;
  /** After a right one. */
  readonly perKey: RequestHandler;
}

const WINDOW_MS = 60_000;

/** IPv6 callers have whole networks to choose an address from: those of one /56 are one. */
const IPV6_SUBNET = 56;

/** Of an address's requests, one in so many may fail to authenticate. */
const GUESSES_SHARE = 100;

/**
 * How much REST may be asked, in windows of a minute, counted in this process alone. Lesspay's webhooks never come by
 * here: one that is turned away is a payment heard of late.
 */
export function createRateLimits(settings: RateLimitSettings, logger: Logger): RateLimits {
  const { RATE_LIMIT_PER_KEY, RATE_LIMIT_PER_ADDRESS } = settings;
  const guessLimit = Math.ceil(RATE_LIMIT_PER_ADDRESS / GUESSES_SHARE);
  const guesses = limiter('wrong-key', guessLimit, logger);
  return {
    perAddress: RATE_LIMIT_PER_ADDRESS === 0 ? pass : limiter('address', RATE_LIMIT_PER_ADDRESS, logger),
    beforeKey: guessLimit === 0 ? pass : refuseGuessers(guesses, guessLimit),
    wrongKey: (error: unknown, req, res, next) => {
      if (guessLimit === 0 || problemOf(error).code !== 'unauthenticated') return next(error);
      return guesses(req, res, (refused?: unknown) => next(refused ?? error));
    },
    perKey: RATE_LIMIT_PER_KEY === 0 ? pass : limiter('key', RATE_LIMIT_PER_KEY, logger, { keyGenerator: keyOf }),
  };
}

const pass: RequestHandler = (_req, _res, next) => next();

/** By address, unless `options` say by what. It warns when a proxy seems to be there that TRUST_PROXY doesn't name. */
function limiter(
  identifier: string,
  limit: number,
  logger: Logger,
  options: Pick<Partial<Options>, 'keyGenerator' | 'ipv6Subnet'> = { ipv6Subnet: IPV6_SUBNET },
): RateLimitRequestHandler {
  return rateLimit({
    identifier,
    limit,
    windowMs: WINDOW_MS,
    // The `RateLimit` and `RateLimit-Policy` headers of the IETF's draft, one item a limit.
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, _res, next) => next(tooMany()),
    logger: {
      error: (error, message) => logger.error(error, message),
      warn: (error, message) => logger.warn(error, message),
    },
    ...options,
  });
}

function refuseGuessers(guesses: RateLimitRequestHandler, limit: number): RequestHandler {
  return async (req, _res, next) => {
    const counted = await guesses.getKey(addressOf(req));
    const seconds = Math.ceil(((counted?.resetTime?.getTime() ?? 0) - Date.now()) / 1_000);
    if (counted && counted.totalHits >= limit && seconds > 0)
      throw tooMany({ 'Retry-After': String(seconds) }, 'Too many requests with a wrong key came from this address.');
    next();
  };
}

/** As the limiters count it. */
const addressOf = ({ ip }: Request): string => ipKeyGenerator(ip ?? '', IPV6_SUBNET);

const keyOf = (_req: Request, { locals }: Response): string => String(locals['key']);

const tooMany = (headers: Readonly<Record<string, string>> = {}, why = 'This is more than is allowed in a minute.') =>
  new Problem('rate_limited', `${why} Go on after the seconds that Retry-After says.`, { headers });

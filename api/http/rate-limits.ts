import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { type Options, rateLimit, type RateLimitRequestHandler } from 'express-rate-limit';
import type { Logger } from 'pino';
import type { Settings } from '../../settings';
import { Problem, problemOf } from './problems';

export type RateLimitSettings = Pick<Settings, 'RATE_LIMIT_PER_KEY' | 'RATE_LIMIT_PER_ADDRESS'>;

export interface RateLimits {
  /** Of bearers of a right key, wherever they call from. */
  readonly perKey: RequestHandler;
  /** Of all others. */
  readonly perAddress: RequestHandler;
  /** Of those others again, where a key was asked for. */
  readonly wrongKey: ErrorRequestHandler;
}

const WINDOW_MS = 60_000;

/** IPv6 callers have whole networks to choose an address from: those of one /56 are one. */
const IPV6_SUBNET = 56;

/** Of an address's requests without a right key, one in so many may be for what needs one. */
const GUESSES_SHARE = 100;

/**
 * How much REST may be asked, in windows of a minute, counted in this process alone. A right key counts for itself alone:
 * a stranger behind the same proxy or NAT must not use up the merchant's requests. Lesspay's webhooks never come by here:
 * one that is turned away is a payment heard of late.
 */
export function createRateLimits(settings: RateLimitSettings, logger: Logger): RateLimits {
  const { RATE_LIMIT_PER_KEY, RATE_LIMIT_PER_ADDRESS } = settings;
  const guessLimit = Math.ceil(RATE_LIMIT_PER_ADDRESS / GUESSES_SHARE);
  const guesses = limiter('wrong-key', guessLimit, logger, ADDRESSES);
  return {
    perKey: RATE_LIMIT_PER_KEY === 0 ? pass : limiter('key', RATE_LIMIT_PER_KEY, logger, KEYS),
    perAddress: RATE_LIMIT_PER_ADDRESS === 0 ? pass : limiter('address', RATE_LIMIT_PER_ADDRESS, logger, ADDRESSES),
    wrongKey: (error: unknown, req, res, next) => {
      if (guessLimit === 0 || problemOf(error).code !== 'unauthenticated') return next(error);
      return guesses(req, res, (refused?: unknown) => next(refused ?? error));
    },
  };
}

const pass: RequestHandler = (_req, _res, next) => next();

const keyOf = ({ locals }: Response): string | undefined =>
  typeof locals['key'] === 'string' ? locals['key'] : undefined;

/** Whom a limiter counts, by what. */
type Counted = Pick<Partial<Options>, 'keyGenerator' | 'ipv6Subnet' | 'skip'>;

const KEYS: Counted = {
  skip: (_req, res) => keyOf(res) === undefined,
  keyGenerator: (_req, res) => keyOf(res) ?? '',
};
const ADDRESSES: Counted = { skip: (_req, res) => keyOf(res) !== undefined, ipv6Subnet: IPV6_SUBNET };

/** By address, it warns when a proxy seems to be there that TRUST_PROXY doesn't name. */
function limiter(identifier: string, limit: number, logger: Logger, counted: Counted): RateLimitRequestHandler {
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
    ...counted,
  });
}

const tooMany = () =>
  new Problem(
    'rate_limited',
    'This is more than is allowed in a minute. Go on after the seconds that Retry-After says.',
  );

import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { type Options, rateLimit, type RateLimitRequestHandler } from 'express-rate-limit';
import type { Logger } from 'pino';
import type { Settings } from '../../settings';
import { Problem, problemOf } from './problems';

export type RateLimitSettings = Pick<Settings, 'RATE_LIMIT_PER_KEY' | 'RATE_LIMIT_PER_ADDRESS'>;

export interface RateLimits {
  /** Limits requests with a valid API key, for each key, from any address. */
  readonly perKey: RequestHandler;
  /** Limits requests without a valid API key, for each address. */
  readonly perAddress: RequestHandler;
  /** A lower limit for each address: counts the requests that got 401, so that keys cannot be guessed. */
  readonly wrongKey: ErrorRequestHandler;
}

const WINDOW_MS = 60_000;

/** An IPv6 caller may own a whole network of addresses, so all addresses of a /56 count as one. */
const IPV6_SUBNET = 56;

/** The limit of `wrongKey` is the limit of an address divided by this. */
const GUESSES_SHARE = 100;

/**
 * The rate limits of REST: requests per minute, counted in this process only. Requests with a valid key are not counted for
 * their address: a stranger behind the same proxy or NAT must not use up the merchant's requests. Lesspay's webhooks are not
 * limited, since a refused webhook delays the news of a payment.
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

/** Which requests a limiter counts, and under which key. */
type Counted = Pick<Partial<Options>, 'keyGenerator' | 'ipv6Subnet' | 'skip'>;

const KEYS: Counted = {
  skip: (_req, res) => keyOf(res) === undefined,
  keyGenerator: (_req, res) => keyOf(res) ?? '',
};
const ADDRESSES: Counted = { skip: (_req, res) => keyOf(res) !== undefined, ipv6Subnet: IPV6_SUBNET };

/** Logs a warning where the headers show a proxy and TRUST_PROXY names none. */
function limiter(identifier: string, limit: number, logger: Logger, counted: Counted): RateLimitRequestHandler {
  return rateLimit({
    identifier,
    limit,
    windowMs: WINDOW_MS,
    // The headers `RateLimit` and `RateLimit-Policy` of the IETF draft, with one item for each limit.
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
    'Too many requests in one minute. Wait for the seconds in the header Retry-After, then send it again.',
  );

import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { payloadCodec } from '../../codec/payload-codec';
import type { Settings } from '../../settings';
import { allowOnly } from '../http/allow-only';
import { answerProblem, Problem } from '../http/problems';
import { requestLog } from '../http/request-log';
import { convert, LARGEST_BODY_BYTES } from './convert';
import { allowPagesOf } from './cross-origin';
import { signIn } from './sign-in';

export interface CodecAppOptions {
  readonly settings: Pick<Settings, 'PAYLOAD_KEYS' | 'CODEC_KEYS' | 'CODEC_UI_ORIGIN'>;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Decrypts payloads for people who look at runs in Temporal's UI and CLI, and encrypts what the CLI sends. It is Temporal's
 * remote codec protocol: `POST /decode` and `/encode` of `{"payloads": [...]}`, in protobuf's JSON.
 * Source: docs.temporal.io, "Codec Server".
 */
export function createCodecApp({ settings, logger, now = Date.now }: CodecAppOptions): Express {
  const app = express();
  const codec = payloadCodec(settings.PAYLOAD_KEYS);
  const { page, form, required } = signIn(settings, now);
  app.disable('etag');
  app.set('query parser', false);
  app.use(requestLog(logger));
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: POLICY } }));
  app.route('/healthz').get(alive).all(allowOnly('GET, HEAD'));
  app.route('/').get(page).post(form).all(allowOnly('GET, HEAD, POST'));
  const read = express.json({ limit: LARGEST_BODY_BYTES, inflate: false, type: () => true });
  const answer = (how: Parameters<typeof convert>[0]): RequestHandler[] => [required, read, convert(how)];
  app.use(['/decode', '/encode'], allowPagesOf(settings.CODEC_UI_ORIGIN));
  app
    .route('/decode')
    .post(answer((payloads) => codec.decode(payloads)))
    .all(allowOnly('POST, OPTIONS'));
  app
    .route('/encode')
    .post(answer((payloads) => codec.encode(payloads)))
    .all(allowOnly('POST, OPTIONS'));
  app.use(() => {
    throw new Problem('not_found', 'The codec server has the paths /, /decode, /encode and /healthz.');
  });
  app.use(answerProblem);
  return app;
}

// Not the API's, which loads Temporal's client.
const alive: RequestHandler = (_req, res) => {
  res.json({ status: 'ok' });
};

const POLICY = {
  'default-src': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
};

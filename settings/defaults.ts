import { MINOR_UNIT_METHODS } from '../lesspay/methods';
import { DEV_CARD_KEY } from './card-secret-keys';
import { NO_PAYLOAD_KEYS } from './payload-keys';

/** How the sandbox of `npm start` is reached as Lesspay. The defaults outside production; production has none. */
export const SANDBOX = { url: 'http://127.0.0.1:4010', appId: 'sandbox-app', appSecret: 'sandbox-secret' } as const;

/** The API key of a development stack. Production refuses it. */
export const DEV_API_KEY = 'dev';
/** Its SHA-256, as an entry of `API_KEYS` states it. */
export const DEV_KEY_HASH = 'ef260e9aa3c673af240d17a2660480361a8e081d1ffeca2a5ed0e3219fc18567';

/** Defaults everywhere, also in production. */
export const ALWAYS = {
  LESSPAY_WEBHOOK_VERSIONS: 'v1,v2',
  HOST: '0.0.0.0',
  PORT: '3000',
  RATE_LIMIT_PER_KEY: '12000',
  RATE_LIMIT_PER_ADDRESS: '12000',
  TRUST_PROXY: '0',
  MAX_CONNECTIONS: '5000',
  OVERLOAD_DELAY_MS: '500',
  LOG_LEVEL: 'info',
  WORKER_METRICS_HOST: '127.0.0.1',
  WORKER_METRICS_SAMPLE_S: '30',
  OTEL_TRACES_SAMPLER_ARG: '1',
  SHUTDOWN_GRACE_MS: '40000',
  TEMPORAL_DEPLOYMENT_NAME: 'lesspay-payins',
};

/** Further defaults outside production. */
export const DEVELOPMENT = {
  LESSPAY_BASE_URL: SANDBOX.url,
  LESSPAY_APP_ID: SANDBOX.appId,
  LESSPAY_APP_SECRET: SANDBOX.appSecret,
  LESSPAY_MINOR_UNIT_METHODS: MINOR_UNIT_METHODS.join(','),
  CARD_SECRET_KEYS: DEV_CARD_KEY,
  PUBLIC_URL: 'http://127.0.0.1:3000',
  HOST: '127.0.0.1',
  API_KEYS: `${DEV_API_KEY}:write:${DEV_KEY_HASH}`,
  PAYLOAD_KEYS: NO_PAYLOAD_KEYS,
};

import type { z } from 'zod';
import { databaseUrl, schema } from './schema';

/** Which settings each program reads. */

export type Settings = z.output<typeof schema>;
export type ApiKey = Settings['API_KEYS'][number];

/** The settings of the worker's program. */
export const WORKER_SETTINGS = schema.pick({
  LESSPAY_BASE_URL: true,
  LESSPAY_APP_ID: true,
  LESSPAY_APP_SECRET: true,
  REQUEST_ID_PREFIX: true,
  LESSPAY_MINOR_UNIT_METHODS: true,
  CARD_SECRET_KEYS: true,
  PUBLIC_URL: true,
  DATABASE_URL: true,
  NOTIFY_ENDPOINTS: true,
  NOTIFY_SECRETS: true,
  NOTIFY_PRIVATE: true,
  PAYLOAD_KEYS: true,
  WORKER_METRICS_PORT: true,
  WORKER_METRICS_HOST: true,
  WORKER_METRICS_SAMPLE_S: true,
  ACTIVITIES_PER_SECOND: true,
  QUICK_QUERIES_PER_SECOND: true,
  SHUTDOWN_GRACE_MS: true,
  OTEL_EXPORTER_OTLP_ENDPOINT: true,
  OTEL_TRACES_SAMPLER_ARG: true,
  LOG_LEVEL: true,
  TEMPORAL_DEPLOYMENT_NAME: true,
  TEMPORAL_WORKER_BUILD_ID: true,
});
/** The settings of the API's program. */
export const API_SETTINGS = schema.pick({
  HOST: true,
  PORT: true,
  API_KEYS: true,
  RATE_LIMIT_PER_KEY: true,
  RATE_LIMIT_PER_ADDRESS: true,
  TRUST_PROXY: true,
  LESSPAY_APP_SECRET: true,
  LESSPAY_WEBHOOK_VERSIONS: true,
  REQUEST_ID_PREFIX: true,
  LESSPAY_MINOR_UNIT_METHODS: true,
  CARD_SECRET_KEYS: true,
  DATABASE_URL: true,
  PAYLOAD_KEYS: true,
  WEBHOOKS_ON_API: true,
  WEBHOOK_ADDRESSES: true,
  MAX_CONNECTIONS: true,
  OVERLOAD_DELAY_MS: true,
  OTEL_EXPORTER_OTLP_ENDPOINT: true,
  OTEL_TRACES_SAMPLER_ARG: true,
  LOG_LEVEL: true,
});
/** The settings of the receiver's program. */
export const RECEIVER_SETTINGS = schema
  .pick({
    LESSPAY_APP_SECRET: true,
    LESSPAY_WEBHOOK_VERSIONS: true,
    REQUEST_ID_PREFIX: true,
    CARD_SECRET_KEYS: true,
    TRUST_PROXY: true,
    PAYLOAD_KEYS: true,
    WEBHOOK_ADDRESSES: true,
    RECEIVER_HOST: true,
    RECEIVER_PORT: true,
    RECEIVER_METRICS_HOST: true,
    RECEIVER_METRICS_PORT: true,
    MAX_CONNECTIONS: true,
    OVERLOAD_DELAY_MS: true,
    OTEL_EXPORTER_OTLP_ENDPOINT: true,
    OTEL_TRACES_SAMPLER_ARG: true,
    LOG_LEVEL: true,
  })
  .extend({ DATABASE_URL: databaseUrl.optional() });
/** The settings of the codec server's program. */
export const CODEC_SETTINGS = schema.pick({
  PAYLOAD_KEYS: true,
  CODEC_HOST: true,
  CODEC_PORT: true,
  CODEC_KEYS: true,
  CODEC_UI_ORIGIN: true,
  LOG_LEVEL: true,
});
/** The settings of every program that reads or writes what Temporal stores. */
export const PAYLOAD_SETTINGS = schema.pick({ PAYLOAD_KEYS: true });
/** Which people may use the codec server. */
export const CODEC_KEY_SETTINGS = schema.pick({ CODEC_KEYS: true });
/** The settings of a command that must know which endpoints exist. */
export const ENDPOINT_SETTINGS = schema.pick({ NOTIFY_ENDPOINTS: true });
export const ALL_SETTINGS = schema;
export type WorkerSettings = z.output<typeof WORKER_SETTINGS>;
export type ApiSettings = z.output<typeof API_SETTINGS>;

import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type WorkflowClientInterceptor,
} from '@temporalio/client';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import type { DataConverter } from '@temporalio/common';
import { encryptingConverter } from './codec/data-converter';
import { PAYLOAD_SETTINGS, readSettings } from './settings';
import { DEFAULT_TASK_QUEUE } from './workflows/task-queue';
import { SEARCH_ATTRIBUTES } from './workflows/search-attributes';

export { SEARCH_ATTRIBUTES };

/** The task queue of all workflows and activities. With different queues, two deployments can share a namespace. */
export const TASK_QUEUE = process.env['TEMPORAL_TASK_QUEUE'] || DEFAULT_TASK_QUEUE;

export interface TemporalConfig {
  readonly namespace: string;
  readonly connectionOptions: ClientConnectConfig['connectionOptions'] & { readonly address: string };
  /** Encrypts what Temporal stores. Absent: nothing is encrypted, and nothing that is encrypted can be read. */
  readonly dataConverter?: DataConverter;
}

/**
 * How payloads are encrypted and decrypted, by the setting `PAYLOAD_KEYS`. Every client and worker of a namespace needs it.
 * @throws SettingsError
 */
export const dataConverter = (env: NodeJS.ProcessEnv = process.env): DataConverter =>
  encryptingConverter(readSettings(PAYLOAD_SETTINGS, env).PAYLOAD_KEYS);

/**
 * How Temporal is reached: the standard environment variables `TEMPORAL_*`, and for what they do not set a profile of the
 * standard configuration file (`TEMPORAL_CONFIG_FILE`, `TEMPORAL_PROFILE`). And how payloads are encrypted: `PAYLOAD_KEYS`.
 * Source: docs.temporal.io, "Environment configuration".
 * @throws SettingsError, or Error when the configuration file or a certificate can't be read
 */
export function temporalConfig(env: NodeJS.ProcessEnv = process.env): TemporalConfig {
  const overrideEnvVars: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) overrideEnvVars[name] = value;
  const profile = env['TEMPORAL_PROFILE'];
  const { connectionOptions, namespace } = loadClientConnectConfig({
    overrideEnvVars,
    ...(profile ? { profile } : {}),
  });
  return {
    namespace: namespace ?? 'default',
    connectionOptions: { ...connectionOptions, address: connectionOptions.address ?? 'localhost:7233' },
    dataConverter: dataConverter(env),
  };
}

/**
 * A client that connects at its first call, so that the API can start, and answer 503, while Temporal is down. It reconnects by
 * itself.
 * @param messages intercept the messages to workflows
 */
export function temporalClient(
  config: TemporalConfig = temporalConfig(),
  messages: readonly WorkflowClientInterceptor[] = [],
): Client {
  const { namespace, connectionOptions, ...converter } = config;
  const connection = Connection.lazy({
    ...connectionOptions,
    interceptors: [retryCalls],
    channelArgs: { 'grpc.max_reconnect_backoff_ms': 5_000 },
  });
  return new Client({ connection, namespace, interceptors: { workflow: [...messages] }, ...converter });
}

// Few attempts: a caller waits for us, and a 503 after a second is better than one after twenty.
const RETRY = defaultGrpcRetryOptions({ maxAttempts: 4 });

/** Source: grpc.io, "Status Codes". */
const RESOURCE_EXHAUSTED = 8;

/** For queries. One that is refused because another one waits is not repeated here: `client/ask-state.ts` does that sooner. */
const QUERY_RETRY: typeof RETRY = {
  ...RETRY,
  retryableDecider: (attempt, status) =>
    status.code.valueOf() !== RESOURCE_EXHAUSTED && RETRY.retryableDecider(attempt, status),
};

const retryCalls: ReturnType<typeof makeGrpcRetryInterceptor> = (options, nextCall) => {
  const isQuery = options.method_definition.path.endsWith('/QueryWorkflow');
  return makeGrpcRetryInterceptor(isQuery ? QUERY_RETRY : RETRY)(options, nextCall);
};

/** Temporal's own number of each search attribute type (temporal.api.enums.v1.IndexedValueType). */
const INDEXED_VALUE_TYPE = { KEYWORD: 2, DOUBLE: 4, BOOL: 5, DATETIME: 6, KEYWORD_LIST: 7 } as const;

/** A connection of a client or of a worker. */
type OperatorConnection = Pick<Connection, 'operatorService'>;

/** The names of the search attributes that the namespace lacks. */
export async function missingSearchAttributes(
  { operatorService }: OperatorConnection,
  namespace: string,
): Promise<string[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  return Object.values(SEARCH_ATTRIBUTES)
    .map(({ name }) => name)
    .filter((name) => !(name in customAttributes));
}

/** Registers the search attributes of these names; by default all of them. */
export async function addSearchAttributes(
  { operatorService }: OperatorConnection,
  namespace: string,
  names: readonly string[] = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name),
): Promise<void> {
  const wanted = Object.values(SEARCH_ATTRIBUTES).filter(({ name }) => names.includes(name));
  const searchAttributes = Object.fromEntries(wanted.map(({ name, type }) => [name, INDEXED_VALUE_TYPE[type]]));
  if (wanted.length > 0) await operatorService.addSearchAttributes({ namespace, searchAttributes });
}

/**
 * Registers the search attributes that the namespace lacks. It may be repeated.
 * @returns the names that it added
 */
export async function registerSearchAttributes(connection: OperatorConnection, namespace: string): Promise<string[]> {
  const missing = await missingSearchAttributes(connection, namespace);
  await addSearchAttributes(connection, namespace, missing);
  return missing;
}

import { SANDBOX, SANDBOX_MERCHANT } from '../../settings';
import type { ClusterPorts } from './cluster-ports';
import { urlOf } from '../crash/launch';
import type { NodeProgram } from './node-program';
import type { NodePart, Release } from './parts';

/** Lesspay's own schedule is not public: the sandbox sends a webhook that nobody acknowledged again after 2 s. */
const REDELIVERY_MS = '2000';

/** Where the programs find each other. */
export interface Site {
  readonly ports: ClusterPorts;
  /** How Temporal is reached. */
  readonly environment: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  readonly sandboxUrl: string;
  readonly receiverUrl: string;
  /** Where Lesspay keeps its orders. */
  readonly lesspayFolder: string;
}

/** How each of our programs is started in production, with the sandbox as Lesspay and as the merchant's endpoint. */
export function programSettings(
  part: NodePart,
  { buildId }: Release,
  site: Site,
): Pick<NodeProgram, 'file' | 'env' | 'upWhen'> {
  const { ports, environment, databaseUrl, sandboxUrl, receiverUrl } = site;
  const lesspay = {
    LESSPAY_BASE_URL: sandboxUrl,
    LESSPAY_APP_ID: SANDBOX.appId,
    LESSPAY_APP_SECRET: SANDBOX.appSecret,
    PUBLIC_URL: receiverUrl,
  };
  switch (part) {
    case 'sandbox':
      return {
        file: 'sandbox/main.js',
        env: {
          SANDBOX_PORT: String(ports.sandbox),
          DATA_DIR: site.lesspayFolder,
          SANDBOX_REDELIVERY_DELAYS_MS: REDELIVERY_MS,
        },
        upWhen: new URL('/control/settings', sandboxUrl),
      };
    case 'worker-1':
    case 'worker-2': {
      const { name, path, secret } = SANDBOX_MERCHANT;
      return {
        file: 'worker/main.js',
        env: {
          ...environment,
          ...lesspay,
          DATABASE_URL: databaseUrl,
          NOTIFY_ENDPOINTS: `${name}=${sandboxUrl}${path}`,
          NOTIFY_SECRETS: `${name}=${secret}`,
          NOTIFY_PRIVATE: name,
          TEMPORAL_WORKER_BUILD_ID: buildId,
          WORKER_METRICS_PORT: String(ports.metrics[part === 'worker-1' ? 0 : 1]),
        },
        upWhen: 'worker runs',
      };
    }
    case 'api-1':
    case 'api-2': {
      const port = ports.apis[part === 'api-1' ? 0 : 1];
      return {
        file: 'api/main.js',
        env: {
          ...environment,
          DATABASE_URL: databaseUrl,
          PORT: String(port),
          PUBLIC_URL: receiverUrl,
          WEBHOOKS_ON_API: 'no',
          RATE_LIMIT_PER_KEY: '0',
        },
        upWhen: new URL('/healthz', urlOf(port)),
      };
    }
    case 'receiver':
      return {
        file: 'api/receiver/main.js',
        env: { ...environment, ...lesspay, RECEIVER_PORT: String(ports.receiver) },
        upWhen: 'receiver runs',
      };
  }
}

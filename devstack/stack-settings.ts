import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ALL_SETTINGS, codecProblems, readSettings, SANDBOX_MERCHANT, SettingsError } from '../settings';
import { freePorts, type PortWish } from './ports';
import { projectRoot } from './project-root';

const port = ALL_SETTINGS.shape.PORT;

const STACK_SETTINGS = ALL_SETTINGS.extend({
  DATABASE_URL: ALL_SETTINGS.shape.DATABASE_URL.optional(),
  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_PORT: port.default(7233),
  TEMPORAL_UI_PORT: port.default(8233),
  SANDBOX_PORT: port.default(4010),
  WORKER_METRICS_PORT: port.default(9464),
  DATA_DIR: z
    .string()
    .default(join(projectRoot, '.data'))
    .transform((folder) => resolve(folder)),
});

/** In production there is no dev server and no embedded database: both addresses are required. */
const PRODUCTION_STACK_SETTINGS = STACK_SETTINGS.extend({
  DATABASE_URL: ALL_SETTINGS.shape.DATABASE_URL,
  TEMPORAL_ADDRESS: z.string(),
});

/**
 * The settings of all parts. `ownTemporal`, `ownSandbox`: whether a dev server and a simulated Lesspay are started here.
 * `withCodecServer`: whether there are keys of payloads, with which a codec server starts.
 */
export type StackSettings = z.output<typeof STACK_SETTINGS> & {
  readonly ownTemporal: boolean;
  readonly ownSandbox: boolean;
  readonly withCodecServer: boolean;
};

/** @throws SettingsError that names every setting that is missing or wrong, without its value */
export function readStackSettings(env: NodeJS.ProcessEnv): StackSettings {
  const production = env['NODE_ENV'] === 'production';
  const settings = readSettings(production ? PRODUCTION_STACK_SETTINGS : STACK_SETTINGS, env);
  const withCodecServer = settings.PAYLOAD_KEYS.all.length > 0;
  const problems = withCodecServer ? codecProblems(settings, production) : [];
  if (problems.length > 0) throw new SettingsError(problems);
  return { ...settings, withCodecServer, ownTemporal: !env['TEMPORAL_ADDRESS'], ownSandbox: !env['LESSPAY_BASE_URL'] };
}

/**
 * The settings of the order records alone.
 * @throws SettingsError
 */
export const readRecordsSettings = (env: NodeJS.ProcessEnv) =>
  readSettings(STACK_SETTINGS.pick({ DATABASE_URL: true, DATA_DIR: true }), env);

/**
 * Checks that all ports are free, chooses a free one for each 0, and sets the URLs that depend on them unless they are
 * configured.
 * @param patienceMs how long to wait for a port that is in use, ms
 * @throws PortsTakenError
 */
export async function choosePorts(
  settings: StackSettings,
  env: NodeJS.ProcessEnv,
  patienceMs: number,
): Promise<StackSettings> {
  const { ownTemporal, ownSandbox, withCodecServer } = settings;
  const wish = (part: string, setting: PortSetting, host = '127.0.0.1') => ({
    part,
    setting,
    port: settings[setting],
    host,
  });
  const wishes: (PortWish & { setting: PortSetting })[] = [
    ...(ownTemporal ? [wish('Temporal server', 'TEMPORAL_PORT'), wish('Temporal UI', 'TEMPORAL_UI_PORT')] : []),
    ...(ownSandbox ? [wish('sandbox', 'SANDBOX_PORT')] : []),
    wish('API', 'PORT', settings.HOST),
    ...(withCodecServer ? [wish('codec server', 'CODEC_PORT', settings.CODEC_HOST)] : []),
    wish("worker's metrics", 'WORKER_METRICS_PORT', settings.WORKER_METRICS_HOST),
  ];
  const ports = await freePorts(wishes, patienceMs);
  const result = { ...settings };
  for (const [index, { setting }] of wishes.entries()) result[setting] = ports[index] ?? settings[setting];
  if (!env['PUBLIC_URL']) result.PUBLIC_URL = `http://127.0.0.1:${result.PORT}`;
  if (ownSandbox) result.LESSPAY_BASE_URL = `http://127.0.0.1:${result.SANDBOX_PORT}`;
  if (ownSandbox && result.NOTIFY_ENDPOINTS.length === 0) notifySandbox(result);
  if (ownTemporal && result.CODEC_UI_ORIGIN.length === 0)
    result.CODEC_UI_ORIGIN = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${result.TEMPORAL_UI_PORT}`);
  return result;
}

/** Sends the notifications to the sandbox's page for them. */
function notifySandbox(settings: StackSettings): void {
  const { name, path, secret } = SANDBOX_MERCHANT;
  settings.NOTIFY_ENDPOINTS = [{ name, url: `http://127.0.0.1:${settings.SANDBOX_PORT}${path}` }];
  settings.NOTIFY_SECRETS = [{ name, secret }];
  settings.NOTIFY_PRIVATE = [name];
}

type PortSetting =
  'TEMPORAL_PORT' | 'TEMPORAL_UI_PORT' | 'SANDBOX_PORT' | 'PORT' | 'CODEC_PORT' | 'WORKER_METRICS_PORT';

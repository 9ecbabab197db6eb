import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ALL_SETTINGS, readSettings, SANDBOX_MERCHANT } from '../settings';
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
  DATA_DIR: z
    .string()
    .default(join(projectRoot, '.data'))
    .transform((folder) => resolve(folder)),
});

/** Production has neither dev server nor embedded database: it says where its own are. */
const PRODUCTION_STACK_SETTINGS = STACK_SETTINGS.extend({
  DATABASE_URL: ALL_SETTINGS.shape.DATABASE_URL,
  TEMPORAL_ADDRESS: z.string(),
});

/** The settings of everything in one process, and which parts of it are simulated here. */
export type StackSettings = z.output<typeof STACK_SETTINGS> & {
  readonly ownTemporal: boolean;
  readonly ownSandbox: boolean;
};

/** @throws SettingsError that names every setting that is missing or wrong, without its value */
export function readStackSettings(env: NodeJS.ProcessEnv): StackSettings {
  const settings = readSettings(env['NODE_ENV'] === 'production' ? PRODUCTION_STACK_SETTINGS : STACK_SETTINGS, env);
  return { ...settings, ownTemporal: !env['TEMPORAL_ADDRESS'], ownSandbox: !env['LESSPAY_BASE_URL'] };
}

/**
 * Tries all ports, finds one for each 0, and makes the URLs that nobody set follow them.
 * @param patienceMs how long a taken port may still be set free, ms
 * @throws PortsTakenError
 */
export async function settlePorts(
  settings: StackSettings,
  env: NodeJS.ProcessEnv,
  patienceMs: number,
): Promise<StackSettings> {
  const { ownTemporal, ownSandbox } = settings;
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
  ];
  const ports = await freePorts(wishes, patienceMs);
  const settled = { ...settings };
  for (const [index, { setting }] of wishes.entries()) settled[setting] = ports[index] ?? settings[setting];
  if (!env['PUBLIC_URL']) settled.PUBLIC_URL = `http://127.0.0.1:${settled.PORT}`;
  if (ownSandbox) settled.LESSPAY_BASE_URL = `http://127.0.0.1:${settled.SANDBOX_PORT}`;
  if (ownSandbox && settled.NOTIFY_ENDPOINTS.length === 0) notifySandbox(settled);
  return settled;
}

/** A newcomer sees notifications arrive. */
function notifySandbox(settings: StackSettings): void {
  const { name, path, secret } = SANDBOX_MERCHANT;
  settings.NOTIFY_ENDPOINTS = [{ name, url: `http://127.0.0.1:${settings.SANDBOX_PORT}${path}` }];
  settings.NOTIFY_SECRETS = [{ name, secret }];
  settings.NOTIFY_PRIVATE = [name];
}

type PortSetting = 'TEMPORAL_PORT' | 'TEMPORAL_UI_PORT' | 'SANDBOX_PORT' | 'PORT';

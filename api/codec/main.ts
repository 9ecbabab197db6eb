import { once } from 'node:events';
import { pino } from 'pino';
import { readCodecSettings, SettingsError } from '../../settings';
import { startCodecServer } from './server';

/** `npm run start:codec`: only the codec server. It connects to nothing. */
async function main(): Promise<void> {
  const settings = readCodecSettings();
  const logger = pino({ name: 'codec', level: settings.LOG_LEVEL });
  const server = await startCodecServer({ settings, logger });
  logger.info({ url: server.url, ui: settings.CODEC_UI_ORIGIN }, 'codec server runs');
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await server.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});

function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return `${error.message}. Stop the program that listens on this port, or set CODEC_PORT to another port.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

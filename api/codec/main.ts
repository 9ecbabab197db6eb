import { once } from 'node:events';
import { pino } from 'pino';
import { readCodecSettings } from '../../settings';
import { runProgram } from '../http/run-program';
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

runProgram(main, 'CODEC_PORT');

import { type RunningServer, serve } from '../http/serve';
import type { Settings } from '../../settings';
import { createCodecApp, type CodecAppOptions } from './app';

export interface CodecServerOptions extends CodecAppOptions {
  readonly settings: CodecAppOptions['settings'] & Pick<Settings, 'CODEC_HOST' | 'CODEC_PORT'>;
}

/**
 * Serves the codec server on `CODEC_HOST` and `CODEC_PORT`.
 * @throws the error of `listen`, e.g. EADDRINUSE
 */
export const startCodecServer = (options: CodecServerOptions): Promise<RunningServer> =>
  serve(createCodecApp(options), { host: options.settings.CODEC_HOST, port: options.settings.CODEC_PORT });

import { z } from 'zod';
import { list } from './list';

/** A key of a person who may read decrypted payloads. */
export interface CodecKey {
  readonly name: string;
  /** Of the key, in hex. */
  readonly sha256: string;
}

const codecKeys = list('name:sha256 entries').transform((entries, context) =>
  entries.flatMap((entry, index): CodecKey[] => {
    const [, name, sha256] = /^([A-Za-z0-9._-]+):([0-9a-f]{64})$/.exec(entry) ?? [];
    if (name !== undefined && sha256 !== undefined) return [{ name, sha256 }];
    const message = `entry ${index + 1} must be name:sha256. Make a key with: npm run keys -- codec NAME`;
    context.addIssue({ code: 'custom', message });
    return [];
  }),
);

const isOrigin = (text: string): boolean =>
  /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;

const origins = list('origins').refine(
  (origins) => origins.every(isOrigin),
  'must be the origin of the Temporal UI, without a path, e.g. https://temporal.example.com',
);

/** Where the codec server listens, who may use it, and from which pages. */
export const codecServerSettings = z.object({
  CODEC_HOST: z.string().default('127.0.0.1'),
  CODEC_PORT: z.coerce
    .number('must be a port number, 0 to 65535')
    .int('must be a port number, 0 to 65535')
    .min(0, 'must be a port number, 0 to 65535')
    .max(65_535, 'must be a port number, 0 to 65535')
    .default(8081),
  CODEC_KEYS: codecKeys.default([]),
  CODEC_UI_ORIGIN: origins.default([]),
});
export type CodecServerSettings = z.output<typeof codecServerSettings>;

const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);

/** Without keys of its own, the codec server decrypts for everyone who reaches it: only for development, on one machine. */
export function codecProblems({ CODEC_KEYS, CODEC_HOST }: CodecServerSettings, production: boolean): string[] {
  if (CODEC_KEYS.length > 0 || (!production && isLoopback(CODEC_HOST))) return [];
  return ['CODEC_KEYS: is not set. Make a key for each person with: npm run keys -- codec NAME'];
}

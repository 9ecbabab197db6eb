import { createHash, randomBytes } from 'node:crypto';
import { API_SETTINGS, CODEC_KEY_SETTINGS, PAYLOAD_SETTINGS, readSettings } from '../settings';
import { asInvoked } from './invocation';

const USAGE = asInvoked(`usage: npm run keys -- new NAME SCOPE     an API key, SCOPE read or write
       npm run keys -- payload ID         a key that encrypts what Temporal stores
       npm run keys -- codec NAME         a key with which a person may read what is encrypted
NAME, ID: letters, digits, ". _ -"`);

const NAME = /^[A-Za-z0-9._-]+$/;

/** `npm run keys`: prints a new key, which is stored nowhere, and its entry for the setting. */
function main([command, name = '', ...rest]: readonly string[]): void {
  if (!NAME.test(name)) throw new Error(USAGE);
  const [scope = '', ...more] = rest;
  if (command === 'new' && more.length === 0 && /^(read|write)$/.test(scope)) return newApiKey(name, scope);
  if (command === 'payload' && rest.length === 0) return newPayloadKey(name);
  if (command === 'codec' && rest.length === 0) return newCodecKey(name);
  throw new Error(USAGE);
}

// Each of them throws when the program would not accept the entry.

function newApiKey(name: string, scope: string): void {
  const { key, sha256 } = newKey();
  const entry = `${name}:${scope}:${sha256}`;
  readSettings(API_SETTINGS.pick({ API_KEYS: true }), { API_KEYS: entry });
  print(name, key, 'API_KEYS', entry);
}

function newCodecKey(name: string): void {
  const { key, sha256 } = newKey();
  const entry = `${name}:${sha256}`;
  readSettings(CODEC_KEY_SETTINGS, { CODEC_KEYS: entry });
  print(name, key, 'CODEC_KEYS', entry);
}

function newPayloadKey(id: string): void {
  const entry = `${id}=${randomBytes(32).toString('base64')}`;
  readSettings(PAYLOAD_SETTINGS, { PAYLOAD_KEYS: entry });
  console.log(`entry (secret; keep a copy, since nothing can be decrypted without it; docs/operations.md): ${entry}`);
}

function newKey() {
  const key = randomBytes(32).toString('base64url');
  return { key, sha256: createHash('sha256').update(key).digest('hex') };
}

function print(name: string, key: string, setting: string, entry: string): void {
  console.log(`key (give it to ${name}; it is not shown again): ${key}`);
  console.log(`entry (add it to ${setting}, after a comma): ${entry}`);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

import { createHash, randomBytes } from 'node:crypto';
import { API_SETTINGS, readSettings } from '../settings';
import { asInvoked } from './invocation';

const USAGE = asInvoked(
  'usage: npm run keys -- new NAME SCOPE   (NAME: letters, digits, ". _ -"; SCOPE: write or read)',
);

/** `npm run keys -- new NAME SCOPE`: prints a new API key, which is stored nowhere, and its entry for `API_KEYS`. */
function main([command, name = '', scope = '', ...rest]: readonly string[]): void {
  if (command !== 'new' || rest.length > 0 || !/^[A-Za-z0-9._-]+$/.test(name) || !/^(read|write)$/.test(scope))
    throw new Error(USAGE);
  const key = randomBytes(32).toString('base64url');
  const entry = `${name}:${scope}:${createHash('sha256').update(key).digest('hex')}`;
  // Throws when the API would not accept the entry.
  readSettings(API_SETTINGS.pick({ API_KEYS: true }), { API_KEYS: entry });
  console.log(`key (give it to ${name}; it is not shown again): ${key}`);
  console.log(`entry (add it to API_KEYS, after a comma): ${entry}`);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

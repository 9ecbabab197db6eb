import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of `package.json`, found from the sources and from `dist/` alike. */
export const projectRoot = rootAbove(__dirname);

/** Downloaded programs and built files. Git ignores it, and it may be deleted. */
export const cacheDir = join(projectRoot, '.cache');

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No package.json above ${__dirname}: run this from the project's own folder`);
  return rootAbove(parent);
}

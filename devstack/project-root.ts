import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where `package.json` is: the same folder from `scripts/` and from its compiled form in `dist/scripts/`. */
export const projectRoot = rootAbove(__dirname);

/** Programs and built files the project fetches or makes for itself; git-ignored, safe to delete. */
export const cacheDir = join(projectRoot, '.cache');

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No package.json above ${__dirname}: run this from the project's own folder`);
  return rootAbove(parent);
}

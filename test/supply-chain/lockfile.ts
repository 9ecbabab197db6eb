import { readFileSync } from 'node:fs';
import { z } from 'zod';

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      license: z.string().optional(),
      dev: z.boolean().default(false),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
    }),
  ),
});

/** Every package that the lockfile installs, on any platform; `dev`: not in production. */
export function lockedPackages(file: 'package-lock.json' | 'bench/peers/package-lock.json' = 'package-lock.json') {
  const { packages } = lockfile.parse(JSON.parse(readFileSync(file, 'utf8')));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, locked]) => ({ name: path.split('node_modules/').at(-1) ?? path, ...locked }));
}

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const ROOT = resolve(__dirname, '../..');

const ranges = z.record(z.string(), z.string());
export const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  engines: ranges,
  dependencies: ranges.default({}),
  devDependencies: ranges.default({}),
  peerDependencies: ranges.default({}),
});

export const readManifest = (folder: string) =>
  manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));

/** What the backend of README.md has besides the package and what that needs. */
const BACKEND = ['express', '@types/express', '@types/node'];

export interface Project {
  readonly folder: string;
  /** Where the package is in it. */
  readonly installed: string;
  write(path: string, text: string): void;
  /** Runs Node there; what it printed. */
  node(...args: readonly string[]): string;
  /**
   * Compiles its TypeScript, with all types of all packages.
   * @returns the errors, but not those in Temporal's own types, which name packages that Temporal does not declare (`ms`)
   */
  compile(): string[];
  remove(): void;
}

/**
 * A backend's project in another folder, with the packed package: installed by npm where `TEST_PACKAGE=npm` (`npm run
 * test:package`), otherwise unpacked, with links to the packages that it declares and to no others, so that no network is needed.
 */
export function newProject(): Project {
  const tarball = execFileSync('npm', ['run', '--silent', 'package'], { cwd: ROOT, encoding: 'utf8' }).trim();
  const packed = join(ROOT, 'dist', tarball);
  const folder = mkdtempSync(join(tmpdir(), 'shop-'));
  const installed = join(folder, 'node_modules/lesspay-payins');
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('package.json', JSON.stringify({ name: 'shop', private: true, type: 'module' }));
  const compilerOptions = {
    strict: true,
    target: 'es2022',
    module: 'nodenext',
    rootDir: 'src',
    outDir: 'out',
    types: ['node'],
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  if (process.env['TEST_PACKAGE'] === 'npm')
    execFileSync('npm', ['install', '--no-audit', '--no-fund', packed, ...BACKEND], { cwd: folder });
  else {
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', packed, '--strip-components=1', '-C', installed]);
    const { dependencies, peerDependencies } = readManifest(installed);
    for (const name of [...Object.keys({ ...dependencies, ...peerDependencies }), ...BACKEND]) {
      const link = join(folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), link);
    }
  }
  return {
    folder,
    installed,
    write,
    node: (...args) => execFileSync(process.execPath, [...args], { cwd: folder, encoding: 'utf8' }),
    compile() {
      const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: folder, encoding: 'utf8' });
      return stdout.split('\n').filter((line) => /^\S/.test(line) && !/node_modules\/@temporalio\//.test(line));
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The packages that the files of a folder name, also in types. */
export function packagesNamedIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(?:js|d\.ts)$/.test(path),
  );
  const named = files.flatMap((path) => {
    const text = readFileSync(join(folder, path), 'utf8');
    return [...text.matchAll(/(?:\brequire\(|\bimport\(|\bfrom )"([^".][^"]*)"|\bfrom '([^'.][^']*)'/g)].map(
      ([, double, single]) => double ?? single ?? '',
    );
  });
  const packages = named.filter((name) => !name.startsWith('node:'));
  return [...new Set(packages.map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')))].sort();
}

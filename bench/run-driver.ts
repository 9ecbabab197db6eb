import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { runOnLeash } from '../devstack/leashed-program';
import { projectRoot } from '../devstack/project-root';

/** The longest that a driver may run, ms. */
const LIMIT_MS = 900_000;

/**
 * Runs a compiled program of the bench as a process of its own.
 * @param plan what it is told, as JSON in its first argument; it writes what it measured to `result_file`, as JSON
 * @throws Error with what the program said last, when it fails
 */
export async function runDriver<Result>(
  name: string,
  plan: { readonly result_file: string },
  result: z.ZodType<Result>,
  folder: string,
): Promise<Result> {
  const logFile = join(folder, 'driver.log');
  const program = join(projectRoot, 'dist/bench', name);
  const driver = await runOnLeash(process.execPath, [program, JSON.stringify(plan)], { logFile });
  const timer = setTimeout(() => void driver.stop(), LIMIT_MS);
  const code = await driver.exited;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${name} has failed (exit code ${code}):\n${await readFile(logFile, 'utf8')}`);
  return result.parse(JSON.parse(await readFile(plan.result_file, 'utf8')));
}

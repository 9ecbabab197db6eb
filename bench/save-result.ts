import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../devstack/project-root';

/**
 * Writes all figures as JSON, with the machine that they are of.
 * @param out the file; undefined: a new one in `.data/bench/`
 * @returns its path
 */
export async function saveResult(out: string | undefined, result: object): Promise<string> {
  const at = new Date().toISOString();
  const file = out ?? join(projectRoot, '.data', 'bench', `${at.replaceAll(/[:.]/g, '-')}.json`);
  const machine = { cpus: cpus().map(({ model }) => model), memory_bytes: totalmem(), node: process.version };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ at, machine, load_average: loadavg(), ...result })}\n`);
  console.log(`All figures: ${file}`);
  return file;
}

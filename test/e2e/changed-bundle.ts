import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, projectRoot } from '../../devstack/project-root';
import { bundleWorkflows } from '../../worker/bundle-workflows';

/** Bundles of the workflows of today with one change. */
export interface ChangedBundles {
  /**
   * Its path.
   * @param file e.g. `workflows/payin.ts`
   * @param from what stands there once
   * @param imports what `to` needs
   */
  bundleWith(file: string, from: string, to: string, imports?: string): Promise<string>;
  remove(): Promise<void>;
}

export async function changedBundles(): Promise<ChangedBundles> {
  await mkdir(join(cacheDir, 'test'), { recursive: true });
  // The bundler wants the folder's real path.
  const folder = await realpath(await mkdtemp(join(cacheDir, 'test', 'changed-workflow-')));
  let count = 0;
  return {
    async bundleWith(file, from, to, imports = '') {
      count += 1;
      const copy = join(folder, String(count));
      for (const room of ['payin', 'records', 'workflows'])
        await cp(join(projectRoot, room), join(copy, room), { recursive: true });
      const code = await readFile(join(copy, file), 'utf8');
      if (code.split(from).length !== 2) throw new Error(`${file} has not exactly one ${JSON.stringify(from)}`);
      await writeFile(join(copy, file), imports + code.replace(from, to));
      await writeFile(`${copy}.js`, await bundleWorkflows(join(copy, 'workflows/index.ts')));
      return `${copy}.js`;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

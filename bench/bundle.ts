import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Whose workflows this folder holds. */
export type Bundled = 'textbook' | 'floor';

/** Beside the compiled files. */
export const bundlePath = (name: Bundled): string => join(__dirname, name, 'workflow.bundle.js');

/** Bundles a workflow once, so that no worker's CPU and memory hold the bundler's. */
export async function bundle(name: Bundled): Promise<void> {
  const workflowsPath = require.resolve(`./${name}/workflow`);
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  await writeFile(bundlePath(name), code);
}

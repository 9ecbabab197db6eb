import { writeFile } from 'node:fs/promises';
import { FAILURE_CONVERTER_PATH } from '../codec/data-converter';
import { BUNDLE_PATH, ENCRYPTING_BUNDLE_PATH, WORKFLOWS_PATH } from './bundle-path';
import { bundleWorkflows } from './bundle-workflows';

/** Bundles the workflows at build time, so that a worker starts quickly, and all workers run the same code. */
async function main(): Promise<void> {
  const workflowsPath = require.resolve(WORKFLOWS_PATH);
  await writeFile(BUNDLE_PATH, await bundleWorkflows(workflowsPath));
  // With a bundle, a worker ignores the failure converter that it is given.
  const encrypting = { failureConverterPath: FAILURE_CONVERTER_PATH };
  await writeFile(ENCRYPTING_BUNDLE_PATH, await bundleWorkflows(workflowsPath, encrypting));
}

void main();

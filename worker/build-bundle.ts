import { writeFile } from 'node:fs/promises';
import { type BundleOptions, bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from '../codec/data-converter';
import { BUNDLE_PATH, ENCRYPTING_BUNDLE_PATH, WORKFLOWS_PATH } from './bundle-path';

/** Bundles the workflows at build time, so that a worker starts quickly, and all workers run the same code. */
async function main(): Promise<void> {
  await bundle(BUNDLE_PATH, {});
  // With a bundle, a worker ignores the failure converter that it is given.
  await bundle(ENCRYPTING_BUNDLE_PATH, { failureConverterPath: FAILURE_CONVERTER_PATH });
}

async function bundle(path: string, options: Partial<BundleOptions>): Promise<void> {
  const workflowsPath = require.resolve(WORKFLOWS_PATH);
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN'), ...options });
  await writeFile(path, code);
}

void main();

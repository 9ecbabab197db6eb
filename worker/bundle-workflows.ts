import { type BundleOptions, bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { SHORT_STACKS_PATH } from './bundle-path';

/** Bundles the workflows of a module. @returns the code of the bundle */
export async function bundleWorkflows(workflowsPath: string, options: Partial<BundleOptions> = {}): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    preloadModules: [require.resolve(SHORT_STACKS_PATH)],
    logger: new DefaultLogger('WARN'),
    ...options,
  });
  return code;
}

import { rm } from 'node:fs/promises';

/** Once, after all test files. */
export default async function tearDown(): Promise<void> {
  await globalThis.sharedDevServer?.stop();
  const bundle = process.env['TEST_WORKFLOW_BUNDLE'];
  if (bundle) await rm(bundle, { force: true });
}

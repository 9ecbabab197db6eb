import { rm } from 'node:fs/promises';

/** Once, after all test files. */
export default async function tearDown(): Promise<void> {
  await Promise.all([globalThis.sharedDevServer?.stop(), globalThis.sharedPostgres?.stop()]);
  const bundle = process.env['TEST_WORKFLOW_BUNDLE'];
  if (bundle) await rm(bundle, { force: true });
}

import { rm } from 'node:fs/promises';

/** Once, after all test files. */
export default async function tearDown(): Promise<void> {
  await Promise.all([globalThis.sharedDevServer?.stop(), globalThis.sharedPostgres?.stop()]);
  for (const name of ['TEST_WORKFLOW_BUNDLE', 'TEST_REPLAYED']) {
    const path = process.env[name];
    if (path) await rm(path, { recursive: true, force: true });
  }
}

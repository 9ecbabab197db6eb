import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { changedBundles } from '../e2e/changed-bundle';
import { FIRST_RELEASE, type Release } from './parts';

/** The example of docs/changing-workflows.md: a pause before each query-order. A run that has asked without it can't be replayed. */
const FILE = 'workflows/payin/ask-lesspay.ts';
const BEFORE = '  // A hint that comes while Lesspay is being asked is a new one.\n';
const IMPORTS = "import { patched, sleep } from '@temporalio/workflow';\n";
const CHANGES = {
  guarded: "  if (patched('ask-a-moment-later')) await sleep('500 milliseconds');\n",
  unguarded: "  await sleep('500 milliseconds');\n",
} as const;

/** A copy of the built programs, with that change of the workflows. */
export async function changedRelease(buildId: string, change: keyof typeof CHANGES, into: string): Promise<Release> {
  const folder = join(into, buildId, 'dist');
  await rm(folder, { recursive: true, force: true });
  await cp(FIRST_RELEASE.folder, folder, {
    recursive: true,
    filter: (path) => !['package', 'test', 'bench'].some((room) => path === join(FIRST_RELEASE.folder, room)),
  });
  const bundles = await changedBundles();
  try {
    await cp(
      await bundles.bundleWith(FILE, BEFORE, CHANGES[change] + BEFORE, IMPORTS),
      join(folder, 'worker/workflows.bundle.js'),
    );
  } finally {
    await bundles.remove();
  }
  return { buildId, folder };
}

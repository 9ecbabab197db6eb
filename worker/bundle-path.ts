import { join } from 'node:path';

/** Where `npm run build` writes the bundle of the workflows: beside this compiled file. */
export const BUNDLE_PATH = join(__dirname, 'workflows.bundle.js');
/** The same workflows with the failure converter of `codec/`, for a worker that encrypts. */
export const ENCRYPTING_BUNDLE_PATH = join(__dirname, 'workflows.encrypting.bundle.js');
/** The module that is bundled. */
export const WORKFLOWS_PATH = join(__dirname, '../workflows/index');
/** The module that is loaded before them, once. */
export const SHORT_STACKS_PATH = join(__dirname, '../workflows/loop/short-stacks');

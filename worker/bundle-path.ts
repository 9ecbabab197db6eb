import { join } from 'node:path';

/** Where `npm run build` writes the bundle of the workflows: beside this compiled file. */
export const BUNDLE_PATH = join(__dirname, 'workflows.bundle.js');
/** The module that is bundled. */
export const WORKFLOWS_PATH = join(__dirname, '../workflows/index');

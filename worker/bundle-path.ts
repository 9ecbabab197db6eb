import { join } from 'node:path';

/** Where `npm run build` leaves the workflows' bundle, beside this compiled file. */
export const BUNDLE_PATH = join(__dirname, 'workflows.bundle.js');
/** What is bundled. */
export const WORKFLOWS_PATH = join(__dirname, '../workflows/index');

import { join } from 'node:path';
import { projectRoot } from '../../devstack/project-root';

/** What can be killed, in the order in which they start. */
export const PARTS = [
  'postgres',
  'temporal-1',
  'temporal-2',
  'sandbox',
  'worker-1',
  'worker-2',
  'api-1',
  'api-2',
  'receiver',
] as const;
export type Part = (typeof PARTS)[number];
/** Of the product, and Lesspay. */
export type NodePart = Exclude<Part, 'postgres' | 'temporal-1' | 'temporal-2'>;

/** A build of the programs: what `npm run build` wrote, or a copy of it with other workflows. */
export interface Release {
  readonly buildId: string;
  /** Instead of `dist/`. */
  readonly folder: string;
}

export const FIRST_RELEASE: Release = { buildId: '1.0.0', folder: join(projectRoot, 'dist') };

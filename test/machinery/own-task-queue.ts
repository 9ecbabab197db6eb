import { randomUUID } from 'node:crypto';

/** Test files run side by side on one Temporal server: each has a task queue of its own, so no other's worker serves it. */
process.env['TEMPORAL_TASK_QUEUE'] = `test-${randomUUID()}`;

/** The task queue, unless `TEMPORAL_TASK_QUEUE` names another one. */
export const DEFAULT_TASK_QUEUE = 'lesspay-payins';

/**
 * An id for something of which a deployment has one, e.g. a schedule. Another task queue is another deployment in the same
 * namespace, and gets an id of its own.
 */
export const onlyOneOf = (name: string, taskQueue: string): string =>
  taskQueue === DEFAULT_TASK_QUEUE ? name : `${name}-${taskQueue}`;

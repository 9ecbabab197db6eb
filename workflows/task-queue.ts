/** Where pay-ins run unless `TEMPORAL_TASK_QUEUE` says otherwise. */
export const DEFAULT_TASK_QUEUE = 'lesspay-payins';

/** There is one of its kind in a deployment: another task queue is another deployment in the same namespace. */
export const onlyOneOf = (name: string, taskQueue: string): string =>
  taskQueue === DEFAULT_TASK_QUEUE ? name : `${name}-${taskQueue}`;

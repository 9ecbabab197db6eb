import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The SDK breaks off a workflow's code that has not paused for 5 s. Where `AsyncLocalStorage` is built on async hooks, as
 * before Node 24, that ends the whole process: "async hook stack has become corrupted" (nodejs/node#38503,
 * temporalio/sdk-typescript#939).
 */
export const breakingOffEndsProcess = 'kResourceStore' in new AsyncLocalStorage();

/**
 * For the options of a worker. Where breaking off ends the process, a busy machine that takes long to replay a long
 * history is given more time. The SDK does not yet list this option among those that may be set.
 */
export const workflowLimits = breakingOffEndsProcess ? { isolateExecutionTimeout: '30 seconds' } : {};

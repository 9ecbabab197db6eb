import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Whether this process ends when the SDK interrupts workflow code that has blocked for too long (5 s by default). That is so where
 * `AsyncLocalStorage` is built on async hooks, as before Node 24: "async hook stack has become corrupted"
 * (nodejs/node#38503, temporalio/sdk-typescript#939).
 */
export const interruptEndsProcess = 'kResourceStore' in new AsyncLocalStorage();

/**
 * Options of a worker. Where an interrupt would end the process, code may block longer, since a busy machine may need that to
 * replay a long history. The SDK has this option, but its types do not show it.
 */
export const workflowLimits = interruptEndsProcess ? { isolateExecutionTimeout: '30 seconds' } : {};

/**
 * Loaded once for each worker thread, before any workflow (`worker/bundle-workflows.ts`). The SDK takes the stack of every promise
 * that workflow code makes, for the query `__stack_trace`, and looks each line up in the source map: a fifth of the worker's CPU
 * time. The first two lines are the SDK's own. So errors of workflow code keep the two lines that say where they were thrown, and
 * stacks of promises have none (docs/decisions/0017).
 */
Error.stackTraceLimit = 2;

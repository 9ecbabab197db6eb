import { LONG_HISTORY, SIGNALS_A_RUN } from './size';

/** Temporal's dynamic configuration for tests: what makes them wait less, and reach its limits sooner. */
export const DYNAMIC_CONFIG: Readonly<Record<string, unknown>> = {
  // Half a minute later is the default: a test that deletes a run, as the end of its retention would, need not wait.
  'history.transferProcessorEnsureCloseBeforeDelete': false,
  'history.visibilityProcessorEnsureCloseBeforeDelete': false,
  // Runs can be paused; by default, only activities can.
  'frontend.WorkflowPauseEnabled': true,
  // A task that fails is tried again after ten minutes at most by default, and told of after five failures.
  'history.workflowTaskRetryMaxInterval': '1s',
  'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': 2,
  'limit.historyCount.suggestContinueAsNew': LONG_HISTORY,
  'history.maximumSignalsPerExecution': SIGNALS_A_RUN,
};

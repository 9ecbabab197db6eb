import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { payinOfWorkflow } from '../../traces/payin-trace';
import type { Traces } from '../../traces/traces';

/**
 * Makes a span of each execution of an activity, local ones too. Those of a pay-in and of its notifications join the pay-in's
 * trace, which the workflow's id names: workflows know nothing of traces.
 */
export const traceActivities =
  (traces: Traces): ActivityInterceptorsFactory =>
  ({ info: { activityType, workflowExecution, workflowType, isLocal, attempt } }) => ({
    inbound: {
      execute: (input, next) =>
        traces.span(
          activityType,
          {
            payin: workflowExecution && payinOfWorkflow(workflowExecution.workflowId),
            attributes: {
              'temporal.workflow_type': workflowType,
              'temporal.run_id': workflowExecution?.runId,
              'temporal.is_local': isLocal,
              'temporal.attempt': attempt,
            },
          },
          () => next(input),
        ),
    },
  });

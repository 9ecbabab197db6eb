/** The entry of the workflow bundle: every workflow this project runs. */
export { notification } from './notification';
export { payin } from './payin';
export { reconciliation } from './reconciliation';
export { scheduledReconciliation } from './scheduled-reconciliation';
export { unmatchedOrder } from './unmatched-order';

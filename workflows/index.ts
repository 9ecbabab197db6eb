/** The entry of the workflow bundle: every workflow this project runs. */
export { notification } from './notification';
export { payin } from './payin';

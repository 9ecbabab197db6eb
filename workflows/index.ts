/** The entry of the workflow bundle: every workflow this project runs. */
export { payin } from './payin';

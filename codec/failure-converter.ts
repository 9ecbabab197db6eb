import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts the message and the stack of a failure into a payload, so that they are encrypted too. The bundle of the workflows of an
 * encrypting worker is built with it, because it runs in the workflows' sandbox.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });

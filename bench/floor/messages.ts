import { defineSignal, defineUpdate } from '@temporalio/workflow';

export const TASK_QUEUE = 'floor';

/** Answered after the activity. */
export const startedUpdate = defineUpdate('started');
export const paidSignal = defineSignal('paid');

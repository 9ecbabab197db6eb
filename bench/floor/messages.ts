import { defineSignal, defineUpdate } from '@temporalio/workflow';

export const TASK_QUEUE = 'floor';
export const workflowId = (request_id: string): string => `payin-${request_id}`;

/** Answered after the activity. */
export const startedUpdate = defineUpdate('started');
export const paidSignal = defineSignal('paid');

import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Payin } from '../duties/payin';

export const TASK_QUEUE = 'textbook';

/** A webhook of Lesspay's came. */
export const webhookSignal = defineSignal('webhook');
/** Waits for the checkout page. */
export const checkoutUpdate = defineUpdate<Payin>('checkout');

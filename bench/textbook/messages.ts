import { defineSignal, defineUpdate } from '@temporalio/workflow';

export const TASK_QUEUE = 'textbook';

/** What the merchant asks for. */
export interface PayinRequest {
  readonly request_id: string;
  /** Decimal string in major units. */
  readonly amount: string;
  readonly currency: string;
  readonly product_name: string;
  readonly description: string;
  readonly success_url: string;
  readonly fail_url: string;
}

export interface Payin {
  readonly request_id: string;
  readonly pay_order_id: string;
  readonly checkout_url?: string;
  /** Lesspay's. */
  readonly status: string;
}

export const workflowId = (request_id: string): string => `payin-${request_id}`;

/** A webhook of Lesspay's came. */
export const webhookSignal = defineSignal('webhook');
/** Waits for the checkout page. */
export const checkoutUpdate = defineUpdate<Payin>('checkout');

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

const OUTCOMES: readonly string[] = ['SUCCEED', 'FAILED', 'CANCELED', 'CLOSED', 'REFUND'];

export const isOutcome = ({ status }: Payin): boolean => OUTCOMES.includes(status);

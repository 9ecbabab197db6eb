/** A pay-in as the merchant asks for it: checked and with its defaults filled in. */
export interface PayinRequest {
  readonly request_id: string;
  /** Decimal string in major units, as the merchant wrote it, e.g. "100.00". */
  readonly amount: string;
  readonly currency: string;
  readonly product_name: string;
  readonly description: string;
  readonly success_url: string;
  readonly fail_url: string;
  /** The order's lifetime, seconds. */
  readonly expires_in: number;
  readonly way_type?: string;
  readonly way_code?: string;
  readonly transaction_network?: string;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/** Why there is no order; `code` is Lesspay's, where it gave one. */
export interface Refusal {
  readonly code?: number;
  readonly message: string;
}

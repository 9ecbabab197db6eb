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
  /** How the payer pays, as the merchant stated it (`lesspay/methods.ts`); absent: on Lesspay's page. */
  readonly method?: { readonly type: string; readonly [member: string]: unknown };
  /** What the table of methods says of it; fixed at the start, absent in a pay-in of an older release. */
  readonly terms?: PayinTerms;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

export interface PayinTerms {
  /** In which unit Lesspay is sent the amount. */
  readonly unit: 'major' | 'minor';
  /** How many digits the currency has after the point; absent for a cryptocurrency. */
  readonly digits?: number;
  /** The type of the next step that the payer is shown (`next-step.ts`). */
  readonly shows: string;
}

/** Why there is no order; `code` is Lesspay's, if it stated one. */
export interface Refusal {
  readonly code?: number;
  readonly message: string;
}

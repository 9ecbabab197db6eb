/** What the payer must do next. */
export type NextStep =
  /** Send the payer to this page. */
  | { readonly type: 'redirect'; readonly url: string }
  /** Show this account to pay into: names and values as Lesspay states them. */
  | { readonly type: 'bank_transfer'; readonly details: Readonly<Record<string, string>> }
  /** Show a QR code with this text, and the text to copy. */
  | { readonly type: 'qr_code'; readonly text: string }
  /** Draw the card form with a session. Its token and secret are sealed (`client/sealed.ts`); no public answer has `sealed`. */
  | { readonly type: 'payment_session'; readonly sealed?: string }
  /** Nothing: the payer need not act. */
  | { readonly type: 'none' };

/** The step without secrets. */
export const publicStep = (step: NextStep): NextStep => (step.type === 'payment_session' ? { type: step.type } : step);

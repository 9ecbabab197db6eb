/** What the payer must do next: what a new order's answer has for the payer (docs/lesspay.md, "create-order"). */
export type NextStep =
  /** Send the payer to a page. */
  | { readonly type: 'redirect'; readonly url: string }
  /** Show the account to pay into: names and values as Lesspay states them. */
  | { readonly type: 'bank_transfer'; readonly details: Readonly<Record<string, string>> }
  /** Show a QR code with this text, and the text to copy. */
  | { readonly type: 'qr_code'; readonly text: string }
  /** Draw the channel's card form. Both texts are secrets. */
  | { readonly type: 'payment_session'; readonly token: string; readonly secret: string }
  /** Nothing: the payer need not act. */
  | { readonly type: 'none' };

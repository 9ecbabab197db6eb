export type SandboxErrorCode =
  'fault_invalid' | 'order_not_found' | 'order_settled' | 'amount_invalid' | 'webhook_invalid' | 'data_unreadable';

/** The control endpoint refuses a call. The message says what to do next. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  constructor(
    readonly code: SandboxErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

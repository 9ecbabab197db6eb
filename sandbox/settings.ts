import { z } from 'zod';

export const settingsSchema = z.strictObject({
  /** Whether query-order's rows hold the checkout URL; whether the real one's do is not known. */
  query_shows_checkout_url: z.boolean(),
  /** What a new order starts as. */
  new_order_status: z.enum(['PENDING_PAY', 'PENDING_CONFIRM']),
  /** query-order shows the orders as they were this many ms ago, by Lesspay's clock: a younger one is not found. */
  query_lag_ms: z.int().min(0),
});
export type SandboxSettings = z.output<typeof settingsSchema>;
export const settingsChangesSchema = settingsSchema.partial();
export type SettingsChanges = z.input<typeof settingsChangesSchema>;

/** What can be changed while the sandbox runs. */
export class Settings {
  constructor(private settings: SandboxSettings) {}

  get(): SandboxSettings {
    return this.settings;
  }

  change(changes: SettingsChanges): SandboxSettings {
    this.settings = settingsSchema.parse({ ...this.settings, ...changes });
    return this.settings;
  }
}

import { z } from 'zod';

const settingsSchema = z.strictObject({
  /** Whether query-order's rows have the checkout URL. It is not known whether the real Lesspay's have it. */
  query_shows_checkout_url: z.boolean(),
  /** How create-order's answer is shaped: members in snake_case or camelCase, in `data` or in `data.order_data`. */
  answer_shape: z.enum(['snake', 'camel', 'order_data']),
  /** How the integer of a local way's order is read: 10000 is 100.00, or 10000.00. It is not certain how the real one does. */
  local_amounts: z.enum(['minor', 'major']),
  /** The first status of a new order. */
  new_order_status: z.enum(['PENDING_PAY', 'PENDING_CONFIRM']),
  /** query-order shows the orders as they were so many ms ago, by Lesspay's clock. Newer orders are not found. */
  query_lag_ms: z.int().min(0),
  /** How far Lesspay's clock is ahead of the sandbox's, ms; negative: behind. Also affects the header `Date`. */
  clock_skew_ms: z.int(),
  /** The first signs webhooks; any of them may sign requests. Can be changed, but is never shown. */
  app_secrets: z.array(z.string().min(1)).min(1),
});
type AllSettings = z.output<typeof settingsSchema>;

/** The settings as they are shown: instead of the secrets their number. */
export type SandboxSettings = Omit<AllSettings, 'app_secrets'> & { readonly app_secrets: number };

export const settingsChangesSchema = settingsSchema.partial();
export type SettingsChanges = z.input<typeof settingsChangesSchema>;

/** Settings that can be changed while the sandbox runs. In memory only. */
export class Settings {
  /** A private field, so that nothing prints or stores the secrets. */
  #all: AllSettings;

  /** @throws ZodError */
  constructor(initial: AllSettings) {
    this.#all = settingsSchema.parse(initial);
  }

  get(): SandboxSettings {
    return { ...this.#all, app_secrets: this.#all.app_secrets.length };
  }

  /** @throws ZodError that names every wrong field, without its value */
  change(changes: SettingsChanges): SandboxSettings {
    this.#all = settingsSchema.parse({ ...this.#all, ...changes });
    return this.get();
  }

  get appSecrets(): readonly string[] {
    return this.#all.app_secrets;
  }

  /** Never `""`, because the schema refuses that. */
  get signingSecret(): string {
    return this.#all.app_secrets[0] ?? '';
  }
}

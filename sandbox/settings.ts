import { z } from 'zod';

const settingsSchema = z.strictObject({
  /** Whether query-order's rows hold the checkout URL; whether the real one's do is not known. */
  query_shows_checkout_url: z.boolean(),
  /** What a new order starts as. */
  new_order_status: z.enum(['PENDING_PAY', 'PENDING_CONFIRM']),
  /** query-order shows the orders as they were this many ms ago, by Lesspay's clock: a younger one is not found. */
  query_lag_ms: z.int().min(0),
  /** How far Lesspay's clock is ahead of the sandbox's, ms; below zero: behind. The header `Date` goes by it, too. */
  clock_skew_ms: z.int(),
  /** The first signs webhooks; requests may be signed with any. To be changed, never to be shown. */
  app_secrets: z.array(z.string().min(1)).min(1),
});
type AllSettings = z.output<typeof settingsSchema>;

/** The settings as they are shown: of the secrets only how many there are. */
export type SandboxSettings = Omit<AllSettings, 'app_secrets'> & { readonly app_secrets: number };

export const settingsChangesSchema = settingsSchema.partial();
export type SettingsChanges = z.input<typeof settingsChangesSchema>;

/** What can be changed while the sandbox runs; kept in memory only. */
export class Settings {
  /** Hidden from whatever prints or stores this object. */
  #all: AllSettings;

  /** @throws ZodError */
  constructor(initial: AllSettings) {
    this.#all = settingsSchema.parse(initial);
  }

  get(): SandboxSettings {
    return { ...this.#all, app_secrets: this.#all.app_secrets.length };
  }

  /** @throws ZodError that names every field at fault, and no value */
  change(changes: SettingsChanges): SandboxSettings {
    this.#all = settingsSchema.parse({ ...this.#all, ...changes });
    return this.get();
  }

  get appSecrets(): readonly string[] {
    return this.#all.app_secrets;
  }

  /** Never `""`: the schema sees to that. */
  get signingSecret(): string {
    return this.#all.app_secrets[0] ?? '';
  }
}

import type { PayinEvent } from '../workflows/payin-events';
import type { PayinView } from '../workflows/payin-messages';

/** What a pay-in asks of the workflows that notify the merchant. */
export interface NotifyActivities {
  /** Hands events over to each endpoint's notifications; may be repeated. */
  readonly notify: (what: { readonly payin: PayinView; readonly events: readonly PayinEvent[] }) => Promise<void>;
}

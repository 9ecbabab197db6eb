import type { PayinEvent } from '../payin/events';
import type { PayinFacts } from '../payin/facts';
import type { PayinView } from '../payin/view';

/** One write of a pay-in's row, with its new events. */
export interface PayinWrite {
  readonly payin: PayinView;
  /** SHA-256 of the merchant's request; absent when the request is not known. */
  readonly digest?: string;
  /** Stored unchanged, for a later run of the pay-in. */
  readonly facts: PayinFacts;
  /** The number of the last event that `payin` and `facts` include. From 1. */
  readonly last_event: number;
  /** The highest `last_event` that the row may have for this write to be applied; 0: no row yet. */
  readonly recorded: number;
  /** The events since an earlier write, with numbers up to `last_event`. */
  readonly events: readonly PayinEvent[];
}

/** The result of a write. */
export interface Recorded {
  /** Whether the row was written. */
  readonly moved: boolean;
  /** When it was not: the row's content, from the same write before or from another run that knows other events. */
  readonly ahead?: Pick<PayinRecord, 'facts' | 'last_event'>;
}

/** Up to which event the merchant was notified. */
export interface NotifiedWrite {
  readonly request_id: string;
  readonly created_at: string;
  /** The number of the row's last event, which is also the last that the merchant was notified of, or needs not be. */
  readonly last_event: number;
  /** See `PayinFacts`. */
  readonly handed_over: readonly string[];
}

/** A pay-in's row as it is read. */
export interface PayinRecord extends PayinView {
  readonly digest?: string;
  readonly facts: PayinFacts;
  readonly last_event: number;
  /** The time of the row's last write, by the database's clock. */
  readonly updated_at: string;
  /** The time when its personal data was erased. */
  readonly erased_at?: string;
}

import type { PayinEvent } from '../payin/events';
import type { PayinFacts } from '../payin/facts';
import type { PayinView } from '../payin/view';
/** A pay-in's row, as it is written and as it is found. */

export interface PayinWrite {
  readonly payin: PayinView;
  /** SHA-256 of the merchant's request; absent where nobody knows what it asked for. */
  readonly digest?: string;
  /** Given back as it is to the run that goes on from here. */
  readonly facts: PayinFacts;
  /** The number of the last event that `payin` and `facts` reflect. From 1. */
  readonly last_event: number;
  /** The last_event that the writer believes the row to have, at most; 0: no row. */
  readonly recorded: number;
  /** Those since an earlier write; none is numbered above `last_event`. */
  readonly events: readonly PayinEvent[];
}

export interface Recorded {
  /** Whether it was written. */
  readonly moved: boolean;
  /** What is recorded instead: by the same write before, or by somebody who knew what this writer does not. */
  readonly ahead?: Pick<PayinRecord, 'facts' | 'last_event'>;
}

export interface PayinRecord extends PayinView {
  readonly digest?: string;
  readonly facts: PayinFacts;
  readonly last_event: number;
  /** When the row last moved, by the database's clock. */
  readonly updated_at: string;
  /** Since when it has held nothing personal. */
  readonly erased_at?: string;
}

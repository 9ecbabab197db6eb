import type { Orders, PayinWrite } from '../records/payin-records';
import type { PayinFacts } from '../payin/facts';

export interface RecordActivitiesDeps {
  readonly orders: Pick<Orders, 'record'>;
}

/** What is recorded, where that is not what the run that writes believes. */
export interface Ahead {
  readonly facts: PayinFacts;
  readonly version: number;
}

/** What a pay-in asks of the order records. */
export interface RecordActivities {
  /** Writes the pay-in's order record. `null` when it is written; else what is recorded instead, maybe by this very write. */
  readonly record: (write: PayinWrite) => Promise<Ahead | null>;
}

export function createRecordActivities({ orders }: RecordActivitiesDeps): RecordActivities {
  return {
    async record(write) {
      const { ahead } = await orders.record(write);
      return ahead ? { facts: ahead.known, version: ahead.version } : null;
    },
  };
}

import { activityInfo } from '@temporalio/activity';
import type { Orders, PayinWrite } from '../orders/order-records';
import type { PayinFacts } from '../workflows/payin-facts';

export interface RecordActivitiesDeps {
  readonly orders: Pick<Orders, 'record'>;
}

/** What the order record knows, where that is more than the run that writes it does. */
export interface Ahead {
  readonly facts: PayinFacts;
  readonly version: number;
}

/** What a pay-in asks of the order records. */
export interface RecordActivities {
  /** Writes the pay-in's order record; may be repeated. `null` when it is written. */
  readonly record: (write: Omit<PayinWrite, 'writer'>) => Promise<Ahead | null>;
}

export function createRecordActivities({ orders }: RecordActivitiesDeps): RecordActivities {
  return {
    async record(write) {
      const { workflowExecution } = activityInfo();
      const { ahead } = await orders.record({ ...write, writer: workflowExecution?.runId ?? '' });
      return ahead ? { facts: ahead.known, version: ahead.version } : null;
    },
  };
}

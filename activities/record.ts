import type { Records } from '../records/payin-records';
import type { RecordActivities } from '../workflows/payin/activities';

export interface RecordActivitiesDeps {
  readonly records: Pick<Records, 'record'>;
}

export function createRecordActivities({ records }: RecordActivitiesDeps): RecordActivities {
  return {
    async record(write) {
      const { ahead } = await records.record(write);
      return ahead ?? null;
    },
  };
}

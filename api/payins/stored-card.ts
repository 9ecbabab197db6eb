import type { OfferedCard } from '../../client/start-payin';
import type { Records } from '../../records/payin-records';
import { askRecords } from './ask-records';

const TIMEOUT_MS = 2_000;

/**
 * The stored card with this id, from the order record of the newest pay-in that offers it.
 * @throws Problem records_unavailable: such a pay-in can't start while the database is down
 */
export async function storedCard(records: Records, id: string): Promise<OfferedCard | undefined> {
  const record = await askRecords(TIMEOUT_MS, records.findByStoredCard(id));
  const card = record?.facts.stored_card;
  return record && card ? { request_id: record.request_id, card } : undefined;
}

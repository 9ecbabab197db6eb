import { webhookId } from '../../merchant/notification-body';
import { isTheMerchants } from '../../payin/journal';
import { isNotified } from '../../payin/events';
import type { Ending } from './invariants';

/** What is wrong with what the merchant's endpoint was told of a pay-in, by what its record says, when it has had the time to arrive. */
export function wrongNotified({ record, recorded, notified }: Ending): string[] {
  if (!record) return [];
  const wrong: string[] = [];
  const due = (isTheMerchants(record.facts) ? recorded.filter(isNotified) : []).map((event) =>
    webhookId({ payin: record, event }),
  );
  const arrived = once(notified.map(({ webhook_id }) => webhook_id));
  const taken = once(notified.filter(({ http_status }) => http_status === 204).map(({ webhook_id }) => webhook_id));
  if (String(taken) !== String(due)) wrong.push(`to be notified: ${due.join(', ')}; taken: ${taken.join(', ')}`);
  if (String(arrived) !== String(due)) wrong.push(`to be notified: ${due.join(', ')}; arrived: ${arrived.join(', ')}`);
  if (notified.some(({ verified }) => !verified)) wrong.push('a notification is not signed as it must be');
  const contents = once(notified.map(({ webhook_id, number, type }) => JSON.stringify([webhook_id, number, type])));
  if (contents.length !== arrived.length) wrong.push(`one webhook-id, two contents: ${contents.join(', ')}`);
  return wrong;
}

const once = (all: readonly string[]): string[] => [...new Set(all)];

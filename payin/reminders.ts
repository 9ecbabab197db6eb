import { isOpenAlert, type Alert } from './alerts';
import type { PayinFacts } from './facts';
import { addEvent } from './journal';

/** How long before an alert must be answered a person is reminded of it, ms: two days. */
export const REMIND_BEFORE_MS = 48 * 3_600_000;

/** When to remind of an open alert, epoch ms. Undefined if it was done, or if the alert itself came later than that. */
function reminderOf(alert: Alert): number | undefined {
  const { answer_by, at, reminded_at } = alert;
  if (answer_by === undefined || reminded_at !== undefined || !isOpenAlert(alert)) return undefined;
  const due = Date.parse(answer_by) - REMIND_BEFORE_MS;
  return due > at ? due : undefined;
}

/** The instant of the next reminder, epoch ms; undefined if there is none. */
export function nextReminder({ alerts }: Pick<PayinFacts, 'alerts'>): number | undefined {
  const due = alerts.flatMap((alert) => reminderOf(alert) ?? []);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** Reminds, once, of each alert for which it is time: the merchant is notified. */
export function remind(facts: PayinFacts, now: number): void {
  facts.alerts = facts.alerts.map((alert) => {
    if ((reminderOf(alert) ?? Infinity) > now) return alert;
    const { code, answer_by } = alert;
    addEvent(facts, { kind: 'answer_due', source: 'workflow', data: { code, answer_by } }, now);
    return { ...alert, reminded_at: now };
  });
}

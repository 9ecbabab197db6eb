import { span } from '../workflows/payin/display';

/** Until when Lesspay must have an answer, and how much time is left at `now`, epoch ms, as text. */
export function toBeAnswered(by: Date, now = Date.now()): string {
  const left = by.getTime() - now;
  return `to be answered by ${by.toISOString()}, ${left > 0 ? `${span(left)} left` : `${span(-left)} too late`}`;
}

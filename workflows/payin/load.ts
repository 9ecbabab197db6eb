import { firstFacts } from '../../payin/resume';
import { loadPayin, type KnownPayin } from './activities';
import type { ResumeInput } from './messages';

/** What the runs before this one knew; no facts where nobody knows anything. */
export type Known = Omit<KnownPayin, 'input' | 'started_at'>;

/** Asked for until it is answered. */
export async function loadKnown(resume: ResumeInput['resume']): Promise<Known> {
  const {
    input,
    started_at = 0,
    ...known
  }: KnownPayin = (await loadPayin('load what is known of the pay-in', resume)) ?? {};
  return input && !known.facts ? { ...known, facts: firstFacts(input, started_at) } : known;
}

import { firstFacts } from '../../payin/resume';
import { loadPayin, type KnownPayin } from './activities';
import type { ResumeInput } from './messages';

/** What earlier runs knew; `facts` is absent if nothing is known. */
export type Known = Omit<KnownPayin, 'input' | 'started_at'>;

/** Loads what is known of a pay-in. Retries until that succeeds. */
export async function loadKnown(resume: ResumeInput['resume']): Promise<Known> {
  const {
    input,
    started_at = 0,
    ...known
  }: KnownPayin = (await loadPayin('load what is known of the pay-in', resume)) ?? {};
  return input && !known.facts ? { ...known, facts: firstFacts(input, started_at) } : known;
}

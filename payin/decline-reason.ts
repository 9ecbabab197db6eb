/** Why Lesspay declined an attempt to pay. */
export type DeclineReason = 'suspected_fraud' | 'risk_rule' | 'decline_list' | 'fraud_score';

/** The codes that are public (docs/lesspay.md, "Fraud and dispute events"). Lesspay's staff has the list of `4xxxx`. */
const REASONS: ReadonlyMap<string, DeclineReason> = new Map([
  ['30034', 'suspected_fraud'],
  ['41101', 'risk_rule'],
  ['42101', 'risk_rule'],
  ['41201', 'decline_list'],
  ['42201', 'decline_list'],
  ['41301', 'fraud_score'],
  ['42301', 'fraud_score'],
]);

/** @returns undefined for a code that is not known */
export const declineReason = (code: string | undefined): DeclineReason | undefined =>
  code === undefined ? undefined : REASONS.get(code);

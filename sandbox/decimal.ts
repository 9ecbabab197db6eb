/** A plain decimal above zero, as amounts travel (`lesspay-api.md`, "Conventions"). */
export const isAmount = (text: string): boolean => /^\d{1,15}(\.\d{1,8})?$/.test(text) && /[1-9]/.test(text);

/** Whether two amounts are equal as decimals: `"100"` and `"100.00"` are. */
export const equalAmounts = (a: string, b: string): boolean => normalise(a) === normalise(b);

function normalise(amount: string): string {
  const [whole = '', fraction = ''] = amount.split('.');
  return `${whole.replace(/^0+/, '')}.${fraction.replace(/0+$/, '')}`;
}

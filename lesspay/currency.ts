/**
 * How many digits a currency has after the point: 2 for MXN, 0 for JPY, 3 for KWD. From Node's `Intl`, which has some
 * currencies (e.g. IDR, HUF) as they are used, with fewer digits than in ISO 4217.
 * @returns undefined for what is no currency of a country, e.g. a cryptocurrency
 */
export function currencyDigits(currency: string): number | undefined {
  if (!CURRENCIES.has(currency)) return undefined;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/**
 * An amount in minor units: "100.5" with 2 digits is 10050.
 * @param amount decimal text in major units, without an exponent
 * @returns undefined when it has more digits after the point than the currency
 */
export function inMinorUnits(amount: string, digits: number): number | undefined {
  const [whole = '', fraction = ''] = amount.split('.');
  const used = fraction.replace(/0+$/, '');
  return used.length > digits ? undefined : Number(whole + used.padEnd(digits, '0'));
}

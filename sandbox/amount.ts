/** Is it a decimal string above zero, without an exponent (docs/lesspay.md, "Values")? */
export const isAmount = (text: string): boolean => /^\d{1,15}(\.\d{1,8})?$/.test(text) && /[1-9]/.test(text);

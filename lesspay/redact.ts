/** What of an answer's text may be shown to people: no secrets, no card data. */
export type Redact = (text: string) => string;

const EXCERPT_LENGTH = 500;
const HIDDEN = '[redacted]';

/** Members that hold card data or secrets wherever they stand, also in JSON quoted within JSON. */
const SENSITIVE_MEMBER =
  /(\\{0,7}")((?:card_?)?number|card_?no|pan|cvv2?|cvc2?|security_?code|exp(?:iry|iration)?_?(?:month|year|date)?|(?:card_?)?holder(?:_?name)?|token|app_?secret|app_?id|signature|x-auth-[a-z]+)\1(\s*:\s*)(?:\1.*?(?:(?<!\\)\1|$)|[^\s,}\]]+)/gis;

/** 13 to 19 digits, perhaps in groups: a card's number, if its check digit is right. */
const DIGITS = /(?<![A-Za-z0-9])\d(?:[ -]?\d){12,18}(?![A-Za-z0-9])/g;

/**
 * Makes the function that cuts an answer to its first 500 characters, with these values and all that looks like card data hidden.
 * @param values what must not be shown, e.g. the app secret and the card that was sent
 */
export function redactor(values: readonly string[]): Redact {
  const spellings = values
    .filter((value) => value !== '')
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
  // Longest first: a value that is part of another must not break it.
  const hidden = [...new Set(spellings)].sort((left, right) => right.length - left.length);
  return (text) => {
    // Hidden first and cut afterwards, so that no half of a secret is left at the end.
    const known = hidden.reduce((shown, value) => shown.replaceAll(value, HIDDEN), text);
    return known
      .replace(SENSITIVE_MEMBER, `$1$2$1$3$1${HIDDEN}$1`)
      .replace(DIGITS, (digits) => (isCardNumber(digits) ? HIDDEN : digits))
      .slice(0, EXCERPT_LENGTH);
  };
}

/** Luhn's check digit (ISO/IEC 7812-1). */
function isCardNumber(text: string): boolean {
  const digits = Array.from(text.replace(/\D/g, ''), Number).reverse();
  const sum = digits.reduce(
    (total, digit, index) => total + (index % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)),
    0,
  );
  return sum % 10 === 0;
}

/** All texts in a value that are long enough to be hidden without hiding everything else. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length >= 3 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

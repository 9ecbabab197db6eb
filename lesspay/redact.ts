import { hasCheckDigit } from './card-number';

/** Cuts and redacts an answer's text, so that it can be shown: no secrets, no card data. */
export type Redact = (text: string) => string;

const EXCERPT_LENGTH = 500;
const HIDDEN = '[redacted]';

/** Members with card data or secrets, at any depth, also in JSON text inside a JSON string. */
const SENSITIVE_MEMBER =
  /(\\{0,7}")((?:card_?)?number|card_?no|pan|cvv2?|cvc2?|security_?code|exp(?:iry|iration)?_?(?:month|year|date)?|(?:card_?)?holder(?:_?name)?|[a-z_]*token|[a-z_]*secret|app_?id|signature|x-auth-[a-z]+)\1(\s*:\s*)(?:\1.*?(?:(?<!\\)\1|$)|[^\s,}\]]+)/gis;

/** 13 to 19 digits, also in groups. It is a card number when its check digit is right. */
const DIGITS = /(?<![A-Za-z0-9])\d(?:[ -]?\d){12,18}(?![A-Za-z0-9])/g;

/**
 * @returns a function that replaces `values` and everything that looks like card data in an answer's text, then cuts it to
 *   500 characters
 * @param values texts that must not be shown, e.g. the app secret and the card that was sent
 */
export function redactor(values: readonly string[]): Redact {
  const spellings = values
    .filter((value) => value !== '')
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
  // Longest first, because one value may be a part of another.
  const hidden = [...new Set(spellings)].sort((left, right) => right.length - left.length);
  return (text) => {
    // Replaces before it cuts, so that no part of a secret is left at the end.
    const known = hidden.reduce((shown, value) => shown.replaceAll(value, HIDDEN), text);
    return known
      .replace(SENSITIVE_MEMBER, `$1$2$1$3$1${HIDDEN}$1`)
      .replace(DIGITS, (digits) => (hasCheckDigit(digits.replace(/\D/g, '')) ? HIDDEN : digits))
      .slice(0, EXCERPT_LENGTH);
  };
}

/** All texts in a value, at any depth, of at least 3 characters: hiding shorter ones would hide too much. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length >= 3 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

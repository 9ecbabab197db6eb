/** 12 to 19 digits, also in groups. */
const DIGITS = /(?<![A-Za-z0-9])\d(?:[ .\-_+]?\d){11,18}(?![A-Za-z0-9])/g;

/**
 * The ranges of numbers that card schemes issue, with their lengths. Without them, one of ten order numbers and one of ten times
 * in milliseconds would count as a card number.
 */
const SCHEME =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01]|720)\d{12,13}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11,16}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|(?:50|5[6-9]|6\d)\d{10,17})$/;

/** A card's code in words: `cvv 123`, `CVC: 1234`. */
const CODE = /\b(?:cvv2?|cvc2?|cid|security code)\W{0,3}\d{3,4}\b/i;

/** Has a text a card number or a card's code in it, also in groups of digits, full-width digits or a URL's escapes? */
export function hasCardData(text: string): boolean {
  const plain = [text, unescaped(text)].map((spelling) => spelling.normalize('NFKC'));
  return plain.some((spelling) => CODE.test(spelling) || numbersIn(spelling).some(isCardNumber));
}

const numbersIn = (text: string): string[] => (text.match(DIGITS) ?? []).map((found) => found.replace(/\D/g, ''));

const isCardNumber = (digits: string): boolean => SCHEME.test(digits) && hasCheckDigit(digits);

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Is the last digit the check digit of the others (Luhn, ISO/IEC 7812-1)? */
export function hasCheckDigit(text: string): boolean {
  const digits = Array.from(text, Number).reverse();
  const sum = digits.reduce(
    (total, digit, index) => total + (index % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)),
    0,
  );
  return sum % 10 === 0;
}

import { z } from 'zod';

/**
 * Free text. Lesspay signs it without escaping, so it must not imitate another member (`&name=`); a single `&` or `=` is
 * allowed. Control characters, line separators and malformed Unicode are refused.
 * @param max the largest length in UTF-16 code units, as Java counts it
 */
export const freeText = (max: number) =>
  z
    .string()
    // Not zod's `max`, which counts an emoji as one.
    .refine((text) => text.length >= 1 && text.length <= max, `must be text of 1 to ${max} characters`)
    .refine((text) => !/\p{Surrogate}/u.test(text), 'must be well-formed Unicode')
    .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), 'must not contain control characters or line separators')
    .refine((text) => !/&[\p{L}\p{N}_.$-]+=/u.test(text), 'must not contain "&name="')
    // Nearly the same for JSON Schema, which counts an emoji as one, and where `\w` may mean ASCII only.
    .meta({
      minLength: 1,
      maxLength: max,
      pattern: '^(?!.*&[\\w.$-]+=)[^\\u0000-\\u001F\\u007F-\\u009F\\u2028\\u2029]*$',
    });

const MAX_URL = 255;

/** Is it an absolute http(s) URL, without white space or control characters, which a URL parser would silently remove? */
export const isWebUrl = (text: string): boolean =>
  /^https?:\/\/[^\s\p{Cc}/?#][^\s\p{Cc}]*$/iu.test(text) && URL.canParse(text);

export const webUrl = z
  .string()
  .refine((text) => text.length <= MAX_URL, `must be at most ${MAX_URL} characters`)
  .refine(isWebUrl, 'must be an absolute http(s) URL')
  // For JSON Schema.
  .meta({ format: 'uri', maxLength: MAX_URL, pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#]' });

/** A code of Lesspay's. */
export const word = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"');

/** The token of a stored card. */
export const CARD_TOKEN = /^[A-Za-z0-9_.:-]{8,200}$/;

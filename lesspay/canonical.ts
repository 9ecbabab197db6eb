import { isArray, JsonNumber, JsonObject, type JsonMember, type JsonValue } from './json';

/**
 * The text that is signed, made from a body's members in the same way as Lesspay's Java code makes it
 * (docs/lesspay.md, "Signing"; tested against signatures by that code).
 * Values are not escaped, so a crafted value can imitate other members: different bodies can have the same text.
 */
export function canonical(members: readonly JsonMember[]): string {
  return [...lastOfEach(members)]
    .filter(([, value]) => value !== null && value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join('&');
}

function valueText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof JsonObject) return `{${canonical(value.members)}}`;
  return arrayText(value);
}

/** Compact JSON as fastjson writes it: for arrays and all inside them, and for scalars other than strings. */
function arrayText(value: JsonValue): string {
  if (typeof value === 'string') return `"${value.replace(ESCAPED, escape)}"`;
  if (value instanceof JsonNumber) return javaNumber(value.text);
  if (value instanceof JsonObject) {
    // Lesspay's Java code reads the object into a map, writes it without nulls, and reads that text into a second map.
    const given = hashMapOrder([...lastOfEach(value.members)]).filter(([, member]) => member !== null);
    const members = hashMapOrder(given);
    return `{${members.map(([name, member]) => `${arrayText(name)}:${arrayText(member)}`).join(',')}}`;
  }
  return isArray(value) ? `[${value.map(arrayText).join(',')}]` : String(value);
}

/** Of two equal names, a Map keeps the place of the first and the value of the last, like Java's. */
const lastOfEach = (members: readonly JsonMember[]): ReadonlyMap<string, JsonValue> => new Map(members);

const ESCAPED = /["\\\p{Cc}\u2028\u2029]/gu;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

const escape = (character: string): string =>
  SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * The order in which a Java `HashMap<String, …>` lists its members: by bucket, then by insertion.
 * (With nine or more members in one bucket, Java also resizes the map or makes the bucket a tree. That does not occur in
 * Lesspay's bodies.)
 */
function hashMapOrder(members: readonly JsonMember[]): JsonMember[] {
  let buckets = 16;
  while (members.length > buckets * 0.75) buckets *= 2;
  const bucket = ([name]: JsonMember): number => {
    const hash = javaHashCode(name);
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  return [...members].sort((left, right) => bucket(left) - bucket(right)); // a stable sort keeps the insertion order
}

/** `String.hashCode`: over UTF-16 code units, in 32 bits. */
function javaHashCode(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

/**
 * A JSON number as fastjson writes it: an integer unchanged, any other number by `BigDecimal.toString` (plain text, unless
 * the scale is negative or the number is below 1E-6).
 */
function javaNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  const minus = /[1-9]/.test(digits) ? sign : '';
  if (exponent === undefined && !text.includes('.')) return minus + digits;
  const scale = fraction.length - Number(exponent ?? 0);
  const adjusted = digits.length - 1 - scale;
  if (scale >= 0 && adjusted >= -6) {
    const padded = digits.padStart(scale + 1, '0');
    return minus + (scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`);
  }
  const mantissa = digits.length > 1 ? `${digits.slice(0, 1)}.${digits.slice(1)}` : digits;
  return `${minus}${mantissa}E${adjusted > 0 ? '+' : ''}${adjusted}`;
}

import type { NextStep } from './next-step';
import { membersOf } from './stated';
import { isWebUrl } from './text';

/**
 * Reads what the payer must do next from the answer to create-order. Where its members are, and how most of them are named, is
 * not public: every name below is tried, in snake_case and camelCase, in `data` and in the objects in it.
 */

const URLS = ['checkout_url', 'cashier_url', 'payment_url', 'pay_url', 'redirect_url'];
const ACCOUNTS = ['clabe', 'account_number', 'account_no', 'bank_account_number', 'bank_account_no', 'iban'];
const QR_TEXTS = [
  'qr_code',
  'qr_code_text',
  'qr_code_content',
  'qrcode',
  'qr_text',
  'pix_code',
  'br_code',
  'copy_paste',
];

/** Members of the order, which are no detail of an account, and whatever may be a secret. */
const NO_DETAIL =
  /^(?:request_id|pay_order.*|order_.*|status|code|msg|target_.*|transaction_.*|api_version|way_.*|pay_access_type|product_name|description|.*_time|expire.*)$|_url$|secret|token|password|signature|key$/;
const LONGEST_DETAIL = 200;
const LONGEST_QR_TEXT = 1_000;
const DEEPEST = 3;

/**
 * @param shows what the method is expected to show
 * @returns the step; a page where the answer has that instead; undefined where it has neither
 */
export function readStep(data: unknown, shows: NextStep['type']): NextStep | undefined {
  const places = placesIn(data);
  switch (shows) {
    case 'none':
      return page(places) ?? { type: 'none' };
    case 'redirect':
      return page(places);
    case 'payment_session':
      return first(places, session) ?? page(places);
    case 'bank_transfer':
      return first(places, account) ?? page(places);
    case 'qr_code':
      return first(places, qrCode) ?? page(places);
  }
}

/** The first URL of a page, also an invalid one. */
export const pageIn = (data: unknown): unknown => first(placesIn(data), urlIn);

type Place = Readonly<Record<string, unknown>>;

/** The object and all objects in it, with names in snake_case. */
function placesIn(value: unknown, depth = 0): Place[] {
  const members = membersOf(value);
  if (!members || depth > DEEPEST) return [];
  const given = Object.entries(members).filter(([, member]) => member !== null && member !== '');
  const place = Object.fromEntries(given.map(([name, member]) => [snakeCase(name), member]));
  return [place, ...given.flatMap(([, member]) => placesIn(member, depth + 1))];
}

export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function first<Found>(places: readonly Place[], read: (place: Place) => Found | undefined): Found | undefined {
  for (const place of places) {
    const found = read(place);
    if (found !== undefined) return found;
  }
  return undefined;
}

const member = (place: Place, names: readonly string[]): unknown =>
  names.map((name) => place[name]).find((value) => value !== undefined);

const urlIn = (place: Place): unknown => member(place, URLS);

function page(places: readonly Place[]): NextStep | undefined {
  const url = first(places, urlIn);
  return typeof url === 'string' && isWebUrl(url) ? { type: 'redirect', url } : undefined;
}

function session(place: Place): NextStep | undefined {
  const { payment_session_token: token, payment_session_secret: secret } = place;
  return isText(token) && isText(secret) ? { type: 'payment_session', token, secret } : undefined;
}

/** All texts beside an account's number. */
function account(place: Place): NextStep | undefined {
  if (!isText(member(place, ACCOUNTS))) return undefined;
  const details = Object.entries(place).filter(
    (entry): entry is [string, string] =>
      isText(entry[1]) && isLine(entry[1], LONGEST_DETAIL) && !NO_DETAIL.test(entry[0]),
  );
  return { type: 'bank_transfer', details: Object.fromEntries(details) };
}

function qrCode(place: Place): NextStep | undefined {
  const text = member(place, QR_TEXTS);
  const isCode = isText(text) && isLine(text, LONGEST_QR_TEXT) && !/^(?:https?|data):/i.test(text);
  return isCode ? { type: 'qr_code', text } : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isLine = (text: string, longest: number): boolean => text.length <= longest && !/\p{C}/u.test(text);

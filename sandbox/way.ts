import { randomBytes, randomInt } from 'node:crypto';

/** The ways to pay that Lesspay answers with something else than its page. The names in the answers are a guess. */

export const BANK_TRANSFER = 'TAZAPAY_BANK_PUSH_MXN';
export const PIX = 'TAZAPAY_PIX_BRL';
export const CARD_SESSION = 'CHECKOUT_CARDPAYMENT';

/** Ways without a page of Lesspay's, whose amounts are integers in minor units. */
export const isLocal = (way_code: string | null | undefined): boolean => way_code === BANK_TRANSFER || way_code === PIX;

/** Minor units of a local way's currency in a major one. */
export const MINOR_DIGITS = 2;

/** What create-order answers for the payer, by `way_code`. Secrets are made here and kept nowhere. */
export function wayAnswer(way_code: string | null, pay_order_id: string, amount: string, checkout_url: string): object {
  switch (way_code) {
    case BANK_TRANSFER:
      return {
        bank_details: {
          bank_name: 'STP',
          account_name: 'Lesspay sandbox',
          clabe: `646180${digits(12)}`,
          reference: pay_order_id.slice(-7),
        },
      };
    case PIX:
      return { qr_code: pixText(pay_order_id, amount) };
    case CARD_SESSION:
      return { payment_session_token: secret('pst_'), payment_session_secret: secret('pss_') };
    default:
      return { checkout_url };
  }
}

const secret = (prefix: string): string => prefix + randomBytes(24).toString('base64url');
const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');

/** Looks like a PIX code (EMV merchant-presented mode), and is none: no bank takes it. */
export const pixText = (pay_order_id: string, amount: string): string =>
  `00020126360014BR.GOV.BCB.PIX0114${pay_order_id.slice(0, 14)}52040000530398654${String(amount.length).padStart(2, '0')}${amount}5802BR6007SANDBOX`;

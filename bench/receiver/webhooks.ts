import { webhookSignature } from '../../lesspay/signature';

/** What floods the receiver. */
export const KINDS = ['forged, 200 B', 'forged, 54 KiB', 'valid'] as const;
export type Kind = (typeof KINDS)[number];

export interface SignedBody {
  readonly text: string;
  readonly signature: string;
}

/** Another one for each index, so that none is the repetition of one before. */
export function signedBody(kind: Kind, index: number, request_ids: readonly string[], secret: string): SignedBody {
  const request_id = request_ids[index % request_ids.length] ?? '';
  const claim = {
    request_id,
    order_status: 'SUCCEED',
    target_amount: '100.00',
    target_currency: 'USDT',
    description: 'One pot of green tea, and two cups',
    complete_time: 1_767_323_045_000 + index,
    api_version: 'v2',
  };
  const text = JSON.stringify(kind === 'forged, 54 KiB' ? { ...claim, ...MEMBERS } : claim);
  return { text, signature: kind === 'valid' ? webhookSignature(text, secret) : FORGED };
}

/** Of the right form. */
const FORGED = '0'.repeat(64);

/** About 54 KiB, near the limit of 64 KiB. The more members there are, the dearer is the signed text. */
const MEMBERS = Object.fromEntries(
  Array.from({ length: 848 }, (_none, index) => [`member_${1_000 + index}`, 'x'.repeat(48)]),
);

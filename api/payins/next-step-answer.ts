import { renderSVG } from 'uqr';
import { openSession } from '../../client/payment-session';
import type { SealingKeys } from '../../client/sealed';
import type { NextStep } from '../../payin/next-step';
import { type PayinView, publicView } from '../../payin/view';
import { Problem } from '../http/problems';

/** An answer that shows a pay-in, without secrets. */
export function shownPayin(payin: PayinView): object {
  const view = publicView(payin, Date.now());
  return view.next_step ? { ...view, next_step: drawn(view.next_step) } : view;
}

/**
 * The answer to the start of a pay-in: the only one with the session's secret, for the backend that draws the card form.
 * @throws Problem checkout_url_lost, when no key opens the session
 */
export function startedPayin(payin: PayinView, keys: SealingKeys): object {
  const { request_id, next_step } = payin;
  if (next_step?.type !== 'payment_session') return shownPayin(payin);
  const session = openSession(next_step.sealed ?? '', request_id, keys);
  if (!session)
    throw new Problem(
      'checkout_url_lost',
      'No key of CARD_SECRET_KEYS opens the session of the card form: start a new pay-in under a new request_id; this one is still watched.',
    );
  return { ...publicView(payin, Date.now()), next_step: { type: next_step.type, ...session } };
}

/** A QR code is shown as a picture too. */
const drawn = (step: NextStep) => (step.type === 'qr_code' ? { ...step, image: qrImage(step.text) } : step);

/** A QR code as a `data:` URL of an SVG picture. */
const qrImage = (text: string): string =>
  `data:image/svg+xml;base64,${Buffer.from(renderSVG(text, { border: 4 })).toString('base64')}`;

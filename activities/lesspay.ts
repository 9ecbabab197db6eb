import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { LesspayClient } from '../lesspay/client';
import { LesspayError } from '../lesspay/errors';
import { failureType } from './failure-type';
import { isFirstExecution } from './first-execution';
import { queryWindow } from '../payin/query-window';
import type { LesspayActivities, LesspayFailure } from '../workflows/payin/activities';

export interface LesspayActivitiesDeps {
  readonly lesspay: Pick<LesspayClient, 'createOrder' | 'queryOrder'>;
  /** Where Lesspay sends the webhooks of the orders made here. */
  readonly notifyUrl: string;
  /** Epoch ms. */
  readonly now: () => number;
  /** Was the run that this activity belongs to reset, so that an earlier one may have made its order? */
  readonly runWasReset: () => Promise<boolean>;
}

export function createLesspayActivities({
  lesspay,
  notifyUrl,
  now,
  runWasReset,
}: LesspayActivitiesDeps): LesspayActivities {
  return {
    async createOrder(request) {
      if (!isFirstExecution()) throw asFailure(REPEATED);
      const { amount, currency, expires_in, metadata: _ours, ...same } = request;
      const order = {
        ...same,
        target_amount: amount,
        target_currency: currency,
        expired_time: expires_in,
        notify_url: notifyUrl,
      };
      return failingClearly(lesspay.createOrder(order, { signal: cancellationSignal() }), async ({ kind }) =>
        NO_ORDER_OF_OURS.has(kind) && (await runWasReset()) ? { after_reset: true } : {},
      );
    },

    async queryOrder({ request_id, pay_order_id, ordered_at }) {
      const window = queryWindow(ordered_at, now());
      const options = { signal: cancellationSignal(), knownPayOrderId: pay_order_id };
      const asked = lesspay.queryOrder({ request_id, ...window }, options);
      const order = await failingClearly(asked);
      return order ? { found: true, order } : { found: false };
    },
  };
}

/** Kinds by which a pay-in without doubt ends: not so where it may have forgotten an earlier attempt. */
const NO_ORDER_OF_OURS: ReadonlySet<LesspayError['kind']> = new Set(['duplicate', 'refused', 'invalid_request']);

/** Kinds that the same question, asked again by the retry policy, would not cure. */
const INCURABLE: ReadonlySet<LesspayFailure['kind']> = new Set([
  'credentials',
  'invalid_request',
  'refused',
  'repeated',
  'unreadable',
]);

/** A code of Lesspay's says enough; anything else an engineer has to see. */
const isUnderstood = ({ kind, lesspay_code }: LesspayError): boolean =>
  kind !== 'unreadable' && lesspay_code !== undefined;

/** Turns the SDK's error into a failure whose type an operator understands in the UI, e.g. `LesspayConnectionLost`. */
async function failingClearly<T>(
  call: Promise<T>,
  more: (error: LesspayError) => Promise<Partial<LesspayFailure>> = () => Promise.resolve({}),
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof LesspayError)) throw error;
    const failure: LesspayFailure = {
      kind: error.kind,
      effect: error.effect,
      message: error.message,
      ...(error.lesspay_code === undefined ? {} : { lesspay_code: error.lesspay_code }),
      ...(error.lesspay_message === undefined ? {} : { lesspay_message: error.lesspay_message }),
      ...(await more(error)),
      ...(isUnderstood(error) || error.body_excerpt === undefined ? {} : { body_excerpt: error.body_excerpt }),
    };
    throw asFailure(failure);
  }
}

/** What an earlier execution did, nobody knows any more. */
const REPEATED: LesspayFailure = {
  kind: 'repeated',
  effect: 'may_have',
  message:
    'Temporal repeated this create-order: somebody has paused or reset the activity, or changed its options. It was not sent again. The order may exist: it is looked up.',
};

const asFailure = (failure: LesspayFailure): ApplicationFailure =>
  ApplicationFailure.create({
    type: failureType('Lesspay', failure.kind),
    message: failure.message,
    nonRetryable: INCURABLE.has(failure.kind),
    details: [failure],
  });

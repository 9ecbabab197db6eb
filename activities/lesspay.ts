import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import { checkRequest } from '../lesspay/check-request';
import type { CreatedOrder as NewOrder } from '../lesspay/answer';
import type { LesspayClient } from '../lesspay/client';
import { LesspayError } from '../lesspay/errors';
import { sealSession } from '../client/payment-session';
import type { SealingKeys } from '../client/sealed';
import { statedMethod, type StoredMethod } from '../client/stored-method';
import { methodRefusal, type PaymentMethod, paymentMethod } from '../lesspay/methods';
import { orderTerms, orderWay, sentAmount } from '../lesspay/order-terms';
import type { CreateOrderRequest } from '../lesspay/schemas';
import type { PayinRequest } from '../payin/request';
import type { CreatedOrder } from '../payin/seen-order';
import { failureType } from './failure-type';
import { isFirstExecution } from './first-execution';
import { queryWindow } from '../payin/query-window';
import type { LesspayActivities, LesspayFailure } from '../workflows/payin/activities';

export interface LesspayActivitiesDeps {
  readonly lesspay: Pick<LesspayClient, 'createOrder' | 'queryOrder'>;
  /** The URL to which Lesspay sends the webhooks of these orders. */
  readonly notifyUrl: string;
  /** `LESSPAY_MINOR_UNIT_METHODS` */
  readonly minorUnitMethods: readonly string[];
  /** `CARD_SECRET_KEYS` */
  readonly keys: SealingKeys;
  /** Epoch ms. */
  readonly now: () => number;
  /** Was the activity's run made by *Reset*? Then the run before it may have created the order. */
  readonly runWasReset: () => Promise<boolean>;
}

export function createLesspayActivities({
  lesspay,
  notifyUrl,
  minorUnitMethods,
  keys,
  now,
  runWasReset,
}: LesspayActivitiesDeps): LesspayActivities {
  return {
    async createOrder(request) {
      if (!isFirstExecution()) throw asFailure(REPEATED);
      const creating = async () => {
        const order = orderOf(request, notifyUrl, minorUnitMethods, keys);
        return created(await lesspay.createOrder(order, { signal: cancellationSignal() }), request, keys);
      };
      return withClearFailure(creating(), async ({ kind }) =>
        NO_ORDER_OF_OURS.has(kind) && (await runWasReset()) ? { after_reset: true } : {},
      );
    },

    async queryOrder({ request_id, pay_order_id, ordered_at }) {
      const window = queryWindow(ordered_at, now());
      const options = { signal: cancellationSignal(), knownPayOrderId: pay_order_id };
      const asked = lesspay.queryOrder({ request_id, ...window }, options);
      const order = await withClearFailure(asked);
      return order ? { found: true, order } : { found: false };
    },
  };
}

/** A new order as the workflow gets it, which writes it into its history. */
function created({ next_step, ...order }: NewOrder, { request_id }: PayinRequest, keys: SealingKeys): CreatedOrder {
  if (!next_step) return order;
  if (next_step.type === 'redirect') return { ...order, checkout_url: next_step.url };
  if (next_step.type !== 'payment_session') return { ...order, next_step };
  const { type, ...session } = next_step;
  // Without a key the method is refused before. Never in clear.
  return keys.length === 0 ? order : { ...order, next_step: { type, sealed: sealSession(session, request_id, keys) } };
}

/**
 * The order as Lesspay is sent it.
 * @throws LesspayError of kind `invalid_request` for a method that the table does not know, or this installation refuses
 */
function orderOf(
  request: PayinRequest,
  notify_url: string,
  minorUnits: readonly string[],
  keys: SealingKeys,
): CreateOrderRequest {
  const { amount, currency, expires_in, metadata: _ours, method: stated, terms, ...same } = request;
  const method = stated && methodOf(stated, request.request_id, keys);
  const refusal = method && methodRefusal(method.type, { minorUnits, secrets: keys.length > 0 });
  if (refusal !== undefined) throw new LesspayError('invalid_request', 'did_not', `The method ${refusal}.`);
  return {
    ...same,
    ...(method ? orderWay(method) : {}),
    target_amount: sentAmount(amount, terms ?? orderTerms(method, currency)),
    target_currency: currency,
    expired_time: expires_in,
    notify_url,
  };
}

/** @throws LesspayError of kind `invalid_request` */
function methodOf(stored: StoredMethod, request_id: string, keys: SealingKeys): PaymentMethod {
  const stated = statedMethod(stored, request_id, keys);
  if (!stated)
    throw new LesspayError(
      'invalid_request',
      'did_not',
      "No key of the worker's CARD_SECRET_KEYS opens the token of the card.",
    );
  return checkRequest(paymentMethod, stated);
}

/** Kinds that mean: this pay-in made no order. Not certain after *Reset*, because an earlier attempt may be missing in the history. */
const NO_ORDER_OF_OURS: ReadonlySet<LesspayError['kind']> = new Set(['duplicate', 'refused', 'invalid_request']);

/** Kinds that a retry of the same call would not change. */
const NON_RETRYABLE: ReadonlySet<LesspayFailure['kind']> = new Set([
  'credentials',
  'invalid_request',
  'refused',
  'repeated',
  'unreadable',
]);

/** Does Lesspay's code say enough? Otherwise the failure shows the start of the answer. */
const isUnderstood = ({ kind, lesspay_code }: LesspayError): boolean =>
  kind !== 'unreadable' && lesspay_code !== undefined;

/** @throws ApplicationFailure with a type that an operator understands in the UI, e.g. `LesspayConnectionLost` */
async function withClearFailure<T>(
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

/** It is not known what the earlier execution did. */
const REPEATED: LesspayFailure = {
  kind: 'repeated',
  effect: 'may_have',
  message:
    'Temporal repeated this create-order: a person paused or reset the activity, or changed its options. It was not sent again. The order may exist: the workflow looks it up.',
};

const asFailure = (failure: LesspayFailure): ApplicationFailure =>
  ApplicationFailure.create({
    type: failureType('Lesspay', failure.kind),
    message: failure.message,
    nonRetryable: NON_RETRYABLE.has(failure.kind),
    details: [failure],
  });

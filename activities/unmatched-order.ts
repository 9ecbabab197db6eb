import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { Order } from '../lesspay/answer-schemas';
import type { LesspayClient } from '../lesspay/client';
import { LesspayError } from '../lesspay/errors';
import { anyRequestId } from '../lesspay/schemas';
import type { Records } from '../records/payin-records';
import type { WebhookClaim } from '../payin/webhook-claim';
import type { Claimant } from '../workflows/unmatched/messages';
import { failureType } from './failure-type';
import { queryWindow } from '../payin/query-window';
import type { ClaimantQuestion, UnmatchedActivities } from '../workflows/unmatched/activities';

/** The pay-ins' workflows, as far as an order has to do with them that nobody knows. */
export interface ClaimingPayins {
  /** The request_id of the pay-in whose workflow knows this `pay_order_id`. */
  ofOrder(pay_order_id: string): Promise<string | undefined>;
  /** Has Temporal a run of it, running or ended? */
  isKnown(request_id: string): Promise<boolean>;
  /** By signal, in a new run where none is running. */
  receive(request_id: string, webhook: WebhookClaim): Promise<void>;
}

export interface UnmatchedActivitiesDeps {
  readonly lesspay: Pick<LesspayClient, 'queryOrder'>;
  readonly records: Pick<Records, 'find' | 'findByPayOrderId'>;
  readonly payins: ClaimingPayins;
  /** By how it begins. */
  readonly isOurs: (request_id: string) => boolean;
  /** Epoch ms. */
  readonly now: () => number;
}

/** So many of a worker's look at once: a flood of such orders takes neither the worker nor Lesspay from the pay-ins. */
const AT_ONCE = 2;

export function createUnmatchedActivities({
  lesspay,
  records,
  payins,
  isOurs,
  now,
}: UnmatchedActivitiesDeps): UnmatchedActivities {
  let atWork = 0;

  async function orderAtLesspay({ pay_order_id, around }: ClaimantQuestion): Promise<Order | undefined> {
    for (const instant of around) {
      const query = { pay_order_id, ...queryWindow(instant, now()) };
      const order = await lesspay.queryOrder(query, { signal: cancellationSignal() }).catch((error: unknown) => {
        throw asFailure(error);
      });
      if (order) return order;
    }
    return undefined;
  }

  const isKnown = async (request_id: string) =>
    (await payins.isKnown(request_id)) || (await records.find(request_id)) !== undefined;

  async function claimantOf(question: ClaimantQuestion): Promise<Claimant> {
    const { pay_order_id } = question;
    const [temporal, record] = await Promise.allSettled([
      payins.ofOrder(pay_order_id),
      records.findByPayOrderId(pay_order_id).then((found) => found?.request_id),
    ]);
    for (const answer of [temporal, record])
      if (answer.status === 'fulfilled' && answer.value !== undefined)
        return { whose: 'ours', request_id: answer.value };
    const { status, request_id } = (await orderAtLesspay(question)) ?? {};
    if (request_id !== undefined && anyRequestId.safeParse(request_id).success) {
      const whose = isOurs(request_id) || (await isKnown(request_id)) ? 'ours' : 'another_shop';
      return { whose, request_id };
    }
    for (const answer of [temporal, record]) if (answer.status === 'rejected') throw answer.reason;
    return { whose: 'nobody', ...(status === undefined ? {} : { status }) };
  }

  return {
    async findClaimant(question) {
      if (atWork >= AT_ONCE) throw heldBack();
      atWork += 1;
      try {
        return await claimantOf(question);
      } finally {
        atWork -= 1;
      }
    },

    async handOverWebhooks({ request_id, webhooks }) {
      for (const webhook of webhooks) await payins.receive(request_id, webhook);
    },
  };
}

/** They come back apart. */
function heldBack(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'HeldBack',
    message: 'this worker looks for other orders: a moment',
    nextRetryDelay: 1_000 + Math.random() * 9_000,
  });
}

/** Kinds that the same question, asked again soon, would not cure. */
const INCURABLE: ReadonlySet<LesspayError['kind']> = new Set([
  'credentials',
  'invalid_request',
  'refused',
  'unreadable',
]);

/** A failure whose type an operator understands in the UI, e.g. `LesspayConnectionLost`. */
function asFailure(error: unknown): unknown {
  if (!(error instanceof LesspayError)) return error;
  const { kind, message } = error;
  return ApplicationFailure.create({ type: failureType('Lesspay', kind), message, nonRetryable: INCURABLE.has(kind) });
}

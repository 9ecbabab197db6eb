import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { Order } from '../lesspay/answer-schemas';
import type { LesspayClient } from '../lesspay/client';
import { LesspayError } from '../lesspay/errors';
import { anyRequestId } from '../lesspay/schemas';
import type { Records } from '../records/payin-records';
import type { WebhookClaim } from '../payin/webhook-claim';
import type { Claimant } from '../workflows/unmatched/messages';
import { asFailure } from './failure-type';
import { queryWindow } from '../payin/query-window';
import type { ClaimantQuestion, UnmatchedActivities } from '../workflows/unmatched/activities';

/** Access to the pay-ins' workflows, for the search for an unmatched order's pay-in. */
export interface ClaimingPayins {
  /** The request_id of the pay-in whose workflow knows this `pay_order_id`. */
  ofOrder(pay_order_id: string): Promise<string | undefined>;
  /** Does Temporal know a run of this pay-in, open or closed? */
  isKnown(request_id: string): Promise<boolean>;
  /** Signals the webhook to the pay-in's workflow. Starts a resumed run when no run is open. */
  receive(request_id: string, webhook: WebhookClaim): Promise<void>;
}

export interface UnmatchedActivitiesDeps {
  readonly lesspay: Pick<LesspayClient, 'queryOrder'>;
  readonly records: Pick<Records, 'find' | 'findByPayOrderId'>;
  readonly payins: ClaimingPayins;
  /** Does the request_id begin like ours (`REQUEST_ID_PREFIX`)? */
  readonly isOurs: (request_id: string) => boolean;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Searches of one worker at the same time, so that many unmatched orders slow down neither pay-ins nor Lesspay. */
const AT_ONCE = 2;

export function createUnmatchedActivities({
  lesspay,
  records,
  payins,
  isOurs,
  now,
}: UnmatchedActivitiesDeps): UnmatchedActivities {
  let running = 0;

  async function orderAtLesspay({ pay_order_id, around }: ClaimantQuestion): Promise<Order | undefined> {
    for (const instant of around) {
      const query = { pay_order_id, ...queryWindow(instant, now()) };
      const order = await lesspay.queryOrder(query, { signal: cancellationSignal() }).catch((error: unknown) => {
        throw asFailure(error, NON_RETRYABLE);
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
      if (running >= AT_ONCE) throw heldBack();
      running += 1;
      try {
        return await claimantOf(question);
      } finally {
        running -= 1;
      }
    },

    async handOverWebhooks({ request_id, webhooks }) {
      for (const webhook of webhooks) await payins.receive(request_id, webhook);
    },
  };
}

/** Retried after a random delay, so that the retries do not come together. */
function heldBack(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'HeldBack',
    message: 'not searched yet: this worker searches for other orders',
    nextRetryDelay: 1_000 + Math.random() * 9_000,
  });
}

/** Kinds that a retry would not change. */
const NON_RETRYABLE: ReadonlySet<LesspayError['kind']> = new Set([
  'credentials',
  'invalid_request',
  'refused',
  'unreadable',
]);

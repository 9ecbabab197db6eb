import type { LesspayStatus, PayinStatus } from '../../payin/state';

/**
 * What a pay-in should be, written anew from docs/design.md, "Status", and simpler than the workflow's own table:
 * plain data and three rules.
 */

/** What the model knows of one pay-in, because it did it itself. */
export interface Reference {
  readonly request_id: string;
  /** The order under our request_id was made by somebody else. */
  stranger: boolean;
  /** A query stated another amount or currency than the order has. */
  amountLied: boolean;
  /** A query stated another status than the order has, or did not find it. */
  statusLied: boolean;
  /** A query named another order. */
  idLied: boolean;
  /** Create-order said 1201 although nobody has the request_id. */
  takenLied: boolean;
  /** At least one webhook was lost for good. */
  webhooksLost: boolean;
  /** A run may have ended by force, with whatever it had not yet read. */
  terminated: boolean;
  /** An operator may have stopped the polls. */
  stopped: boolean;
  adoptAsked: boolean;
  readonly resolveAsked: Set<string>;
  /** What operators did, and their words; each was answered with the pay-in. */
  readonly done: { readonly name: string; readonly why: string }[];
}

export const newReference = (request_id: string): Reference => ({
  request_id,
  stranger: false,
  amountLied: false,
  statusLied: false,
  idLied: false,
  takenLied: false,
  webhooksLost: false,
  terminated: false,
  stopped: false,
  adoptAsked: false,
  resolveAsked: new Set(),
  done: [],
});

const MONEY: ReadonlySet<PayinStatus> = new Set(['SUCCEED', 'PAID', 'REFUND']);
export const UNPAID_ENDS: ReadonlySet<PayinStatus> = new Set(['FAILED', 'CANCELED', 'CLOSED', 'REJECTED']);

export const saysMoney = (status: PayinStatus): boolean => MONEY.has(status);

const rank = (status: PayinStatus): number => ['CREATING', 'PENDING_CONFIRM', 'PENDING_PAY'].indexOf(status);
export const isOpen = (status: PayinStatus): boolean => rank(status) >= 0;

/** What a pay-in of one status is when Lesspay says another. */
export function after(status: PayinStatus, said: LesspayStatus): PayinStatus {
  if (isOpen(said)) return isOpen(status) && rank(said) > rank(status) ? said : status;
  if (status === 'SUCCEED') return said === 'REFUND' ? said : status;
  if (status === 'REFUND') return status;
  if (UNPAID_ENDS.has(status)) return saysMoney(said) ? said : status;
  return said;
}

/** Does Lesspay say what nobody expects after this: a payment unsaid, more money, a refund reversed? */
export const contradicts = (status: PayinStatus, said: LesspayStatus): boolean =>
  (status === 'SUCCEED' || status === 'REFUND') && !isOpen(said) && said !== status && after(status, said) === status;

/** May a pay-in go from one status to another? */
export function mayFollow(from: PayinStatus, to: PayinStatus, { adoptAsked, resolveAsked }: Reference): boolean {
  switch (to) {
    case 'CREATING':
      return from === 'REJECTED' && adoptAsked;
    case 'UNRESOLVED':
      return isOpen(from);
    case 'REJECTED':
      return from === 'CREATING' || from === 'UNRESOLVED';
    default:
      if (after(from, to) === to) return true;
      return (
        resolveAsked.has(to) && (from === 'PAID' || from === 'UNRESOLVED' || (from === 'REFUND' && to === 'SUCCEED'))
      );
  }
}

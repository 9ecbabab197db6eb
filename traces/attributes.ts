/**
 * All that a span may hold: ids, statuses, codes of methods and errors, names of programs and endpoints, counts. A new attribute
 * is added here, and never one that holds a text, an amount, a secret or anything of a payer or a card.
 */
const NAMES = [
  'payin.request_id',
  'payin.pay_order_id',
  'payin.status',
  'payin.status_before',
  'payin.learnt',
  'payin.method',
  'payin.start',
  'payin.event_number',
  'payin.alert',
  'webhook.digest',
  'webhook.version',
  'webhook.status',
  'webhook.result',
  'notification.endpoint',
  'temporal.workflow_type',
  'temporal.run_id',
  'temporal.is_local',
  'temporal.attempt',
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'error.type',
] as const;

export type Attributes = { readonly [Name in (typeof NAMES)[number]]?: string | number | boolean | undefined };

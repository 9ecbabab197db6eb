import type { ErrorRequestHandler, Request } from 'express';
import { z } from 'zod';
import { WebhookError } from '../../lesspay/errors';
import type { Metrics } from '../http/metrics';
import { problemOf } from '../http/problems';
import { jsonOf } from '../http/read-body';
import type { WebhookSettings } from './receive-webhook';
import { signatureHeader } from './signature-header';

/**
 * Counts a refused webhook, and adds to its log line what an operator needs to find the cause, such as a secret that only one
 * side rotated, or a stranger. The line never holds the secret, the signature or the body. The error is passed on.
 */
export function noteRefusal({ LESSPAY_WEBHOOK_VERSIONS }: WebhookSettings, { webhooks }: Metrics): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const problem = problemOf(error);
    if (problem.status >= 500) return next(error);
    const refused = problem.cause instanceof WebhookError ? problem.cause : undefined;
    const reason = refused?.code ?? problem.code;
    const version = refused?.version;
    webhooks.inc({ result: 'refused', reason, version: version ?? 'unknown' });

    const { state } = signatureHeader(req);
    res.locals['webhook'] = {
      refused: reason,
      signature_header: state,
      // Where the version is known, the body is a JSON object without repeated members.
      ...(version && {
        version,
        version_accepted: LESSPAY_WEBHOOK_VERSIONS.includes(version),
        claimed_request_id: claimedRequestId(req),
      }),
    };
    const rule = version ? ` (${version} rule)` : '';
    res.locals['message'] =
      `webhook refused: ${reason}${rule} — ${problem.code === 'address_refused' ? ADDRESS_REMEDY : remedy(refused, state)}`;
    next(error);
  };
}

const ADDRESS_REMEDY =
  "a stranger sent it, Lesspay has a new address (WEBHOOK_ADDRESSES), or TRUST_PROXY does not name the proxy's address";

function remedy(refused: WebhookError | undefined, header: ReturnType<typeof signatureHeader>['state']): string {
  switch (refused?.code) {
    case 'signature_missing':
    case 'signature_wrong':
      return SIGNATURE_REMEDIES[header];
    case 'version_refused':
      return 'Lesspay signed it; to accept this version, add it to LESSPAY_WEBHOOK_VERSIONS';
    case 'no_order_id':
      return 'Lesspay signed it, but it names no order; ask Lesspay what it is about';
    default:
      return 'Lesspay sends no such body; find out who else calls this URL, or which proxy changes bodies';
  }
}

const SIGNATURE_REMEDIES = {
  present: "compare LESSPAY_APP_SECRET with Lesspay's",
  missing: 'x-auth-signature is missing; a stranger sent the webhook, or a proxy removes the header',
  doubled: 'x-auth-signature is there more than once; find out whether a proxy adds one',
  malformed: 'x-auth-signature is not 64 hex digits; a stranger sent the webhook, or a proxy changes the header',
} as const;

const claiming = z.object({ request_id: z.union([z.string(), z.number().transform(String)]) });

/** It is not verified, so it is cut, and characters that no id has are replaced. */
function claimedRequestId(req: Request): string | undefined {
  const { data } = claiming.safeParse(jsonOf(req));
  return data?.request_id.slice(0, 64).replace(/[^A-Za-z0-9._-]/g, '?');
}

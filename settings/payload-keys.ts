import { createSecretKey } from 'node:crypto';
import { z } from 'zod';
import type { PayloadKey, PayloadKeys } from '../codec/payload-key';
import { list } from './list';

/** The value of `PAYLOAD_KEYS`, or its first entry, that refuses encryption, also in production. */
export const NO_PAYLOAD_KEYS = 'none';

const ENTRY = /^([A-Za-z0-9._-]{1,40})=([A-Za-z0-9+/]{43}=)$/;

const entries = list('id=key entries').transform((entries, context): PayloadKey[] => {
  const keys = entries.flatMap((entry, index) => {
    const [, id, base64] = ENTRY.exec(entry) ?? [];
    if (id !== undefined && base64 !== undefined) return [{ id, key: createSecretKey(Buffer.from(base64, 'base64')) }];
    const message = `entry ${index + 1} must be id=key, with an id of 1-40 characters of A-Z, a-z, 0-9, ".", "_" and "-", and a key of 32 bytes in base64. Make one with: npm run keys -- payload ID`;
    context.addIssue({ code: 'custom', message });
    return [];
  });
  const twice = keys.find(({ id }, index) => keys.findIndex((key) => key.id === id) < index);
  if (twice) context.addIssue({ code: 'custom', message: `has the id "${twice.id}" twice. Give each key its own id.` });
  return keys;
});

/**
 * The keys that encrypt what Temporal stores: the first one encrypts, all decrypt. After `none` in the first place nothing is
 * encrypted, and the other keys decrypt. An error never shows a key.
 */
export const payloadKeys = z.string().transform((text, context): PayloadKeys => {
  const [, none, others] = /^\s*(none)\s*(?:,(.*))?$/s.exec(text) ?? [];
  if (none !== undefined && others === undefined) return { all: [] };
  const { success, data: all, error } = entries.safeParse(others ?? text);
  if (success) return none === undefined && all[0] ? { encrypting: all[0], all } : { all };
  for (const { message } of error.issues) context.addIssue({ code: 'custom', message });
  return { all: [] };
});

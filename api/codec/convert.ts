import type { Payload } from '@temporalio/common';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { PayloadUndecipherableError } from '../../codec/payload-codec';
import { Problem } from '../http/problems';

/** Temporal's UI sends the payloads of a page of events at once; a payload may have 2 MB. */
export const LARGEST_BODY_BYTES = 32 * 1024 * 1024;

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));
const body = z.object({
  // The CLI sends `{}` where a query has no arguments.
  payloads: z.array(z.object({ metadata: z.record(z.string(), bytes).default({}), data: bytes.nullish() })).default([]),
});

type Convert = (payloads: Payload[]) => Promise<Payload[]>;

/** Answers with the payloads of the body, encoded or decoded. */
export function convert(how: Convert): RequestHandler {
  return async (req, res) => {
    const { success, data } = body.safeParse(req.body);
    if (!success)
      throw new Problem('bad_request', 'The body must be {"payloads": [...]}, with payloads in the JSON of protobuf.');
    const payloads = data.payloads.map(({ metadata, data = null }) => ({ metadata, data }));
    res.set('Cache-Control', 'no-store').json({ payloads: (await converted(how, payloads)).map(inJson) });
  };
}

/** @throws Problem that names the key, where a payload can't be decrypted */
async function converted(how: Convert, payloads: Payload[]): Promise<Payload[]> {
  try {
    return await how(payloads);
  } catch (cause) {
    if (!(cause instanceof PayloadUndecipherableError)) throw cause;
    throw new Problem('bad_request', cause.message, { cause });
  }
}

const inJson = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
  ...(data ? { data: base64(data) } : {}),
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

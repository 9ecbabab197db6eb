import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { decrypted as decryptedBytes, encrypted as encryptedBytes } from './aes-gcm';
import type { PayloadKey, PayloadKeys } from './payload-key';

/**
 * An encrypted payload has the metadata `encoding` and `encryption-key-id`. Its data are the protobuf of the whole payload,
 * encrypted (`aes-gcm.ts`). The key id is authenticated too. Source: the encryption samples of Temporal's SDKs.
 */
const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';

/** A payload that can't be decrypted. The message names the key id and what to do. */
export class PayloadUndecipherableError extends Error {
  override readonly name = 'PayloadUndecipherableError';
}

/**
 * Encrypts payloads with one key, and decrypts with all keys. A payload that is not encrypted is passed through: older
 * histories, and what an operator sends with `--input`.
 */
export function payloadCodec({ encrypting, all }: PayloadKeys): PayloadCodec {
  const encoded = (payload: Payload) => (encrypting ? encrypted(payload, encrypting) : payload);
  return {
    encode: (payloads) => attempt(() => payloads.map(encoded)),
    decode: (payloads) => attempt(() => payloads.map((payload) => decrypted(payload, all))),
  };
}

/** Rejects where `work` throws. */
const attempt = <Result>(work: () => Result): Promise<Result> => new Promise((resolve) => resolve(work()));

const { Payload: Protobuf } = temporal.api.common.v1;

function encrypted(payload: Payload, { id, key }: PayloadKey): Payload {
  return {
    metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) },
    data: encryptedBytes(Protobuf.encode(payload).finish(), key, id),
  };
}

/** @throws PayloadUndecipherableError */
function decrypted(payload: Payload, keys: readonly PayloadKey[]): Payload {
  const { metadata, data } = payload;
  if (textOf(metadata?.['encoding']) !== ENCODING) return payload;
  const id = textOf(metadata?.[KEY_ID]);
  const shown = JSON.stringify(id.slice(0, 60));
  const key = keys.find((key) => key.id === id)?.key;
  if (!key)
    throw new PayloadUndecipherableError(
      `a payload is encrypted with the key ${shown}, which PAYLOAD_KEYS does not have: add that key's entry at the end of PAYLOAD_KEYS`,
    );
  try {
    return Protobuf.decode(decryptedBytes(data ?? new Uint8Array(), key, id));
  } catch (cause) {
    throw new PayloadUndecipherableError(
      `a payload can't be decrypted with the key ${shown} of PAYLOAD_KEYS: another key had this id, or the payload was changed`,
      { cause },
    );
  }
}

const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString();

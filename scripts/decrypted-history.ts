import type { Payload, PayloadCodec } from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils';

/**
 * Decrypts every payload of a history, in place, so that it can be replayed without the keys.
 * @throws PayloadUndecipherableError
 */
export async function decryptHistory(history: History, codecs: readonly PayloadCodec[]): Promise<void> {
  for (const codec of codecs) await decryptWithin(history, codec);
}

async function decryptWithin(value: object, codec: PayloadCodec): Promise<void> {
  for (const [name, member] of Object.entries(value)) {
    if (isPayload(member)) Reflect.set(value, name, (await codec.decode([member]))[0]);
    else if (typeof member === 'object' && member !== null && !ArrayBuffer.isView(member))
      await decryptWithin(member, codec);
  }
}

const isPayload = (value: unknown): value is Payload =>
  typeof value === 'object' &&
  value !== null &&
  'metadata' in value &&
  typeof value.metadata === 'object' &&
  value.metadata !== null &&
  'encoding' in value.metadata &&
  value.metadata.encoding instanceof Uint8Array;

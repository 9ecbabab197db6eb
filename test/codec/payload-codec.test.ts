import { createSecretKey, randomBytes } from 'node:crypto';
import { ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common';
import {
  decodeOptionalFailureToOptionalError,
  encodeErrorToFailure,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow';
import { encryptingConverter } from '../../codec/data-converter';
import { payloadCodec } from '../../codec/payload-codec';
import type { PayloadKey, PayloadKeys } from '../../codec/payload-key';

const newKey = (id: string): PayloadKey => ({ id, key: createSecretKey(randomBytes(32)) });
const keysOf = (...all: PayloadKey[]): PayloadKeys => (all[0] ? { encrypting: all[0], all } : { all });
const [now, old] = [newKey('2026-11'), newKey('2026-05')];
const plain = defaultPayloadConverter.toPayload({ product_name: 'Order coffee' });

async function encrypted(key: PayloadKey): Promise<Payload> {
  const [payload] = await payloadCodec(keysOf(key)).encode([plain]);
  if (!payload) throw new Error('nothing was encrypted');
  return payload;
}
const decrypted = async (payload: Payload, ...keys: PayloadKey[]): Promise<unknown> => {
  const [result] = await payloadCodec(keysOf(...keys)).decode([payload]);
  return result && defaultPayloadConverter.fromPayload(result);
};
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

it('encrypts with the first key, and decrypts with any', async () => {
  const payload = await encrypted(now);
  expect(text(payload.metadata?.['encoding'])).toBe('binary/encrypted');
  expect(text(payload.metadata?.['encryption-key-id'])).toBe('2026-11');
  expect(text(payload.data)).not.toContain('coffee');
  expect(await decrypted(payload, old, now)).toEqual({ product_name: 'Order coffee' });
  const [again] = await payloadCodec(keysOf(now, old)).encode([plain]);
  expect(text(again?.metadata?.['encryption-key-id'])).toBe('2026-11');
});

it('uses a fresh nonce for each payload', async () => {
  const payloads = await payloadCodec(keysOf(now)).encode(Array.from({ length: 100 }, () => plain));
  expect(new Set(payloads.map(({ data }) => text(data?.subarray(0, 12)))).size).toBe(100);
});

it('passes through what is not encrypted, and encrypts nothing where no key is to encrypt', async () => {
  expect(await payloadCodec(keysOf(now)).decode([plain])).toEqual([plain]);
  expect(await payloadCodec({ all: [now] }).encode([plain])).toEqual([plain]);
});

it('says which key is missing, and what to do', async () => {
  const payload = await encrypted(old);
  for (const keys of [[now], []])
    await expect(decrypted(payload, ...keys)).rejects.toThrow(
      `a payload is encrypted with the key "2026-05", which PAYLOAD_KEYS does not have: add that key's entry`,
    );
});

const expectRefused = (payload: Payload, ...keys: PayloadKey[]) =>
  expect(decrypted(payload, ...keys)).rejects.toThrow("can't be decrypted with the key");

it('refuses a payload that was changed, cut, or is of another key with the same id', async () => {
  const payload = await encrypted(now);
  const data = Buffer.from(payload.data ?? []);
  for (const place of [0, 12, data.length - 1]) {
    const changed = Buffer.from(data);
    changed[place] = (changed[place] ?? 0) ^ 1;
    await expectRefused({ ...payload, data: changed }, now);
  }
  for (const length of [0, 11, 27, data.length - 1])
    await expectRefused({ ...payload, data: data.subarray(0, length) }, now);
  await expectRefused(payload, newKey('2026-11'));
});

it('refuses a payload whose key id was changed', async () => {
  const payload = await encrypted(now);
  const renamed = { ...payload.metadata, 'encryption-key-id': Buffer.from('2026-05') };
  await expectRefused({ ...payload, metadata: renamed }, { id: '2026-05', key: now.key });
});

it('hides the message, the stack and the details of a failure, and shows its type', async () => {
  const converter = loadDataConverter(encryptingConverter(keysOf(now)));
  const cause = new Error('Wilhelmina, the cause');
  const failure = await encodeErrorToFailure(
    converter,
    ApplicationFailure.create({ type: 'LesspayRefused', message: 'Wilhelmina is blocked', details: ['Quux'], cause }),
  );
  const shown = Buffer.from(JSON.stringify(failure, (_name, value: unknown) => asText(value))).toString();
  expect(shown).toContain('LesspayRefused');
  expect(shown).not.toMatch(/Wilhelmina|Quux|payload-codec\.test/);
  expect(await decodeOptionalFailureToOptionalError(converter, failure)).toMatchObject({
    message: 'Wilhelmina is blocked',
    stack: expect.stringContaining('payload-codec.test'),
    details: ['Quux'],
    cause: { message: 'Wilhelmina, the cause' },
  });
});

const asText = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value
    ? Buffer.from(Array.isArray(value.data) ? value.data : []).toString('latin1')
    : value;

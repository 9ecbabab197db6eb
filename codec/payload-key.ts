import type { KeyObject } from 'node:crypto';

/** A key that encrypts payloads: AES-256. Printing it shows no secret. */
export interface PayloadKey {
  /** In the metadata of each payload that this key encrypted, where everyone can read it. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The keys of a program. */
export interface PayloadKeys {
  /** The key that encrypts. Absent: nothing is encrypted. */
  readonly encrypting?: PayloadKey;
  /** All keys that decrypt. */
  readonly all: readonly PayloadKey[];
}

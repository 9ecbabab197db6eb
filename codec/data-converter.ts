import type { DataConverter } from '@temporalio/common';
// Loaded by its path, below: this makes it a part of whatever is built from this file.
import './failure-converter';
import { payloadCodec } from './payload-codec';
import type { PayloadKeys } from './payload-key';

/** The module of the failure converter, in the form that Temporal's options take. */
export const FAILURE_CONVERTER_PATH = require.resolve('./failure-converter');

/**
 * How clients and workers read and write payloads. A payload that is encrypted with
 * another key than theirs fails with the id of its key.
 */
export const encryptingConverter = (keys: PayloadKeys): DataConverter => ({
  payloadCodecs: [payloadCodec(keys)],
  ...(keys.encrypting ? { failureConverterPath: FAILURE_CONVERTER_PATH } : {}),
});

/** Whether what this converter writes is encrypted. */
export const encrypts = (converter: DataConverter | undefined): boolean =>
  converter?.failureConverterPath === FAILURE_CONVERTER_PATH;

import { NativeConnection } from '@temporalio/worker';
import { temporalConfig, type TemporalConfig } from '../temporal.config';

/** @throws Error that names the address when Temporal can't be reached */
export async function workerConnection(config: TemporalConfig = temporalConfig()): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(config.connectionOptions);
  } catch (cause) {
    const { address } = config.connectionOptions;
    throw new Error(`Temporal can't be reached at ${address}: check TEMPORAL_ADDRESS and the credentials`, { cause });
  }
}

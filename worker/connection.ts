import { NativeConnection } from '@temporalio/worker';
import { temporalConfig, type TemporalConfig } from '../temporal.config';

/** @throws Error that names the address when Temporal can't be reached */
export async function workerConnection(config: TemporalConfig = temporalConfig()): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(config.connectionOptions);
  } catch (cause) {
    const { address } = config.connectionOptions;
    throw new Error(
      `Temporal can't be reached at ${address}. Check TEMPORAL_ADDRESS, and TEMPORAL_API_KEY or the TEMPORAL_TLS_* settings.`,
      { cause },
    );
  }
}

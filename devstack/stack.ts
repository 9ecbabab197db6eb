import { join } from 'node:path';
import type { RunningWorker } from '../worker/worker';
import { takeLock } from './lock';
import type { Say } from './stack-log';
import {
  type Ground,
  startApiPart,
  startRecords,
  startOwnSandbox,
  startTemporal,
  startWorkerPart,
} from './stack-parts';
import { readStackSettings, settlePorts } from './stack-settings';

export interface Stack {
  readonly apiUrl: string;
  /** The UI of our own dev server. */
  readonly uiUrl?: string;
  /** Of our own sandbox. */
  readonly sandboxUrl?: string;
  readonly dataDir: string;
  /** Resolves when a part has ended by itself, with the reason. */
  readonly failed: Promise<string>;
  /**
   * Stops all parts, the last started first, frees their ports and the lock. Harmless when repeated.
   * @throws AggregateError of what would not stop
   */
  stop(): Promise<void>;
}

/** How long the parts of a run that was killed may still hold their ports, ms; a dev server gets 10 s to end. */
const ABANDONED_PORTS_MS = 15_000;

/**
 * Everything on one machine in one process: dev server, sandbox, worker, API. `TEMPORAL_ADDRESS` and
 * `LESSPAY_BASE_URL` put the real one in the place of the first two. When one part fails, those before it are stopped.
 * @throws SettingsError, AlreadyRunningError, PortsTakenError, ProgramNotFoundError, or what kept a part from starting
 */
export async function startStack(env: NodeJS.ProcessEnv, say: Say): Promise<Stack> {
  const read = readStackSettings(env);
  const { DATA_DIR: dataDir } = read;
  const undo: (() => unknown)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= stopAll(undo));
  try {
    const lock = takeLock(join(dataDir, 'lock'));
    undo.push(() => lock.release());
    if (lock.wasAbandoned) say('start', 'the last run was killed: going on with its data');
    const settings = await settlePorts(read, env, lock.wasAbandoned ? ABANDONED_PORTS_MS : 0);
    const ground: Ground = { settings, env, say, onStop: (step) => undo.push(step) };
    const temporal = await startTemporal(ground);
    const sandboxUrl = await startOwnSandbox(ground);
    const records = startRecords(ground);
    const worker = await startWorkerPart(temporal.config, records, ground);
    const api = await startApiPart(temporal.config, records, ground);
    return {
      apiUrl: api.url,
      ...(temporal.uiUrl ? { uiUrl: temporal.uiUrl } : {}),
      ...(sandboxUrl ? { sandboxUrl } : {}),
      dataDir,
      failed: Promise.race([temporal.failed, failureOf(worker)]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops the last started first, and goes on where one fails. */
async function stopAll(undo: (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of undo.reverse())
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  if (errors.length > 0) throw new AggregateError(errors, `Not everything stopped: ${errors.join('; ')}`);
}

const failureOf = (worker: RunningWorker): Promise<string> =>
  worker.finished.then(
    () => 'the worker has stopped by itself',
    (error) => `the worker has failed: ${String(error)}`,
  );

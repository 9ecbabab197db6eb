import { join } from 'node:path';
import type { RunningWorker } from '../worker/worker';
import { takeLock } from './lock';
import type { Say } from './stack-log';
import {
  type StackContext,
  startApiPart,
  startCodecPart,
  startRecords,
  startOwnSandbox,
  startTemporal,
  startWorkerPart,
} from './stack-parts';
import { choosePorts, readStackSettings } from './stack-settings';

export interface Stack {
  readonly apiUrl: string;
  /** The page of the worker's metrics. */
  readonly metricsUrl: string;
  /** Present when our own dev server runs. */
  readonly uiUrl?: string;
  /** Present when our own sandbox runs. */
  readonly sandboxUrl?: string;
  /** Present when payloads are encrypted. */
  readonly codecUrl?: string;
  readonly dataDir: string;
  /** Resolves with the reason when the worker or the dev server has ended. */
  readonly failed: Promise<string>;
  /**
   * Stops all parts, the last started first, and releases their ports and the lock. May be called again.
   * @throws AggregateError with the error of each part that could not be stopped
   */
  stop(): Promise<void>;
}

/** How long to wait for the ports of a stack that was killed, ms. Its dev server has 10 s to end. */
const ABANDONED_PORTS_MS = 15_000;

/**
 * Starts all parts on this machine: the dev server as a process of its own; sandbox, worker and API in this process. With
 * `TEMPORAL_ADDRESS` or `LESSPAY_BASE_URL` set, no dev server or no sandbox is started, and that address is used. When a
 * part does not start, the parts before it are stopped.
 * @throws SettingsError, AlreadyRunningError, PortsTakenError, ProgramNotFoundError, or the error of a part that did not start
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
    if (lock.wasAbandoned) say('start', 'the last npm start was killed: its data is used');
    const settings = await choosePorts(read, env, lock.wasAbandoned ? ABANDONED_PORTS_MS : 0);
    const context: StackContext = { settings, env, say, onStop: (step) => undo.push(step) };
    const codecUrl = await startCodecPart(context);
    const temporal = await startTemporal(context);
    const sandboxUrl = await startOwnSandbox(context);
    const records = startRecords(context);
    const worker = await startWorkerPart(temporal.config, records, context);
    const api = await startApiPart(temporal.config, records, context);
    return {
      apiUrl: api.url,
      metricsUrl: `http://${settings.WORKER_METRICS_HOST}:${settings.WORKER_METRICS_PORT}/metrics`,
      ...(temporal.uiUrl ? { uiUrl: temporal.uiUrl } : {}),
      ...(sandboxUrl ? { sandboxUrl } : {}),
      ...(codecUrl ? { codecUrl } : {}),
      dataDir,
      failed: Promise.race([temporal.failed, failureOf(worker)]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops the last started part first. A failure does not keep the others from being stopped. */
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
    () => 'the worker stopped unexpectedly',
    (error) => `the worker failed: ${String(error)}`,
  );

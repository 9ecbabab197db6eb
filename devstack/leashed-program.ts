import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasCode } from './error-code';
import { projectRoot } from './project-root';

export interface LeashedProgram {
  /** Of the program itself. */
  readonly pid: number;
  /** Resolves when the program has ended, for whatever reason, with its exit code. */
  readonly exited: Promise<number>;
  /** Aborted when the program has ended. */
  readonly gone: AbortSignal;
  /** SIGTERM, and SIGKILL after the limit; resolves when the program has ended. Harmless when repeated. */
  stop(): Promise<void>;
}

/**
 * Runs a program that ends when this process does, however that ends, SIGKILL included (`leash.js`). A terminal's
 * Ctrl-C does not reach it: its users must be able to stop before it.
 * @param logFile where its output is added to
 * @param limitMs how long it may take to end after SIGTERM, ms
 * @throws Error when it can't be run
 */
export async function runOnLeash(
  program: string,
  args: readonly string[],
  { logFile, env = process.env, limitMs = 10_000 }: { logFile: string; env?: NodeJS.ProcessEnv; limitMs?: number },
): Promise<LeashedProgram> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const leash = fork(join(projectRoot, 'devstack/leash.js'), [String(limitMs), program, ...args], {
    // A process group of its own: Ctrl-C is not for it.
    detached: true,
    execArgv: [],
    env,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const gone = new AbortController();
  const exited = once(leash, 'exit').then(([code]: unknown[]) => {
    killGroup(leash);
    gone.abort();
    return typeof code === 'number' ? code : 1;
  });
  return {
    pid: await pidOf(leash, program, gone.signal),
    exited,
    gone: gone.signal,
    async stop() {
      if (leash.connected) leash.disconnect();
      // Should the leash itself be stuck.
      const timer = setTimeout(() => killGroup(leash), 2 * limitMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

async function pidOf(leash: ChildProcess, program: string, gone: AbortSignal): Promise<number> {
  try {
    const [message]: unknown[] = await once(leash, 'message', { signal: gone });
    if (typeof message === 'object' && message && 'pid' in message) return Number(message.pid);
  } catch (error) {
    if (!gone.aborted) throw error;
  }
  throw new Error(`${program} can't be run`);
}

/** When the leash itself was killed, what it ran is still in its process group. */
function killGroup(leash: ChildProcess): void {
  if (leash.pid === undefined) return;
  try {
    process.kill(-leash.pid, 'SIGKILL');
  } catch (error) {
    // Nothing is left of it: ESRCH, or, on macOS, EPERM.
    if (!hasCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}

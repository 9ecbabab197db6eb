import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasCode } from './error-code';
import { projectRoot } from './project-root';

export interface LeashedProgram {
  /** The process id of the program, not of `leash.js`. */
  readonly pid: number;
  /** Resolves with the exit code when the program has ended, for whatever reason. */
  readonly exited: Promise<number>;
  /** Aborted when the program has ended. */
  readonly gone: AbortSignal;
  /** Sends SIGTERM, and SIGKILL after the limit. Resolves when the program has ended. May be called again. */
  stop(): Promise<void>;
}

/**
 * Runs a program that ends when this process ends, also by SIGKILL (`leash.js`). A terminal's Ctrl-C does not reach the
 * program, so that the parts that use it can be stopped first.
 * @param logFile the program's output is appended to this file
 * @param limitMs how long the program may take to end after SIGTERM, ms
 * @throws Error when the program can't be run
 */
export async function runOnLeash(
  program: string,
  args: readonly string[],
  { logFile, env = process.env, limitMs = 10_000 }: { logFile: string; env?: NodeJS.ProcessEnv; limitMs?: number },
): Promise<LeashedProgram> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const leash = fork(join(projectRoot, 'devstack/leash.js'), [String(limitMs), program, ...args], {
    // A process group of its own, which a terminal's Ctrl-C does not reach.
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
      // In case leash.js itself does not end.
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

/** When leash.js was killed, its program still runs, in the same process group. */
function killGroup(leash: ChildProcess): void {
  if (leash.pid === undefined) return;
  try {
    process.kill(-leash.pid, 'SIGKILL');
  } catch (error) {
    // The group has no process any more: ESRCH, or EPERM on macOS.
    if (!hasCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}

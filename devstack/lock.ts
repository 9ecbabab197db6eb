import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from './error-code';

export interface Lock {
  /** The process that held the lock before is dead: it was killed, and its parts may still be ending. */
  readonly wasAbandoned: boolean;
  release(): void;
}

/** Another living process holds the lock. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
  readonly code = 'already_running';
  constructor(
    readonly pid: number,
    file: string,
  ) {
    super(
      `It is already running (pid ${pid}): stop that first, or set DATA_DIR and other ports to run a second one.\n` +
        `If process ${pid} is something else, remove ${file}.`,
    );
  }
}

/** Locks of this process: after a restart of the machine or container, our own pid may stand in an abandoned one. */
const held = new Set<string>();

/**
 * Takes the lock on a folder: a file that holds our pid. One left by a dead process is taken over.
 * @throws AlreadyRunningError
 */
export function takeLock(file: string): Lock {
  mkdirSync(dirname(file), { recursive: true });
  const ours = `${file}.${process.pid}`;
  // Written apart and linked into place, so that nobody ever reads a lock without its pid.
  writeFileSync(ours, String(process.pid));
  try {
    const wasAbandoned = claim(ours, file);
    held.add(file);
    return {
      wasAbandoned,
      release() {
        held.delete(file);
        if (readPid(file) === process.pid) rmSync(file);
      },
    };
  } finally {
    rmSync(ours);
  }
}

/** Puts our lock in place; true when that took an abandoned one away. */
function claim(ours: string, file: string, wasAbandoned = false): boolean {
  try {
    linkSync(ours, file);
    return wasAbandoned;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const pid = readPid(file);
  if (pid !== undefined && isAlive(pid, file)) throw new AlreadyRunningError(pid, file);
  removeAbandoned(file, `${ours}.abandoned`);
  return claim(ours, file, true);
}

/** Moves it away first: two that find the same abandoned lock must not remove each other's new one. */
function removeAbandoned(file: string, aside: string): void {
  try {
    renameSync(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const pid = readPid(aside);
  if (pid !== undefined && isAlive(pid, file)) renameSync(aside, file);
  else rmSync(aside);
}

function readPid(file: string): number | undefined {
  const pid = Number(readIfThere(file));
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}

function isAlive(pid: number, file: string): boolean {
  if (pid === process.pid) return held.has(file);
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM: it lives, as another user's.
    return hasCode(error, 'EPERM');
  }
}

/** Killed, but not yet noticed by its parent: for ever, in a container whose first process does not look. Linux only. */
function isZombie(pid: number): boolean {
  return /\) [ZX] /.test(readIfThere(`/proc/${pid}/stat`) ?? '');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // ESRCH: it ended while its /proc file was read.
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

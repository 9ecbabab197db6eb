import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from './error-code';

export interface Lock {
  /** The lock was left by a process that was killed. Programs that it started may still be ending. */
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
      `npm start is already running (pid ${pid}): stop it first. To run a second one, set DATA_DIR and other ports.\n` +
        `If process ${pid} is another program, remove ${file}.`,
    );
  }
}

/** Locks that this process holds. A lock file with our pid may also be from before a restart of the machine or container. */
const held = new Set<string>();

/**
 * Takes a lock: creates a file that contains our pid. A lock file of a dead process is replaced.
 * @throws AlreadyRunningError when another living process holds the lock
 */
export function takeLock(file: string): Lock {
  mkdirSync(dirname(file), { recursive: true });
  const ours = `${file}.${process.pid}`;
  // Written to another name and then linked, so that no process ever reads a lock file without a pid.
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

/** Links our lock file into place. Returns whether it replaced an abandoned one. */
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

/** Renames the file before it removes it: two processes that find the same abandoned lock must not remove a new one. */
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
    // EPERM: the process lives, but belongs to another user.
    return hasCode(error, 'EPERM');
  }
}

/** Has the process ended without its parent having waited for it? In some containers that lasts for ever. Linux only. */
function isZombie(pid: number): boolean {
  return /\) [ZX] /.test(readIfThere(`/proc/${pid}/stat`) ?? '');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // ESRCH: the process ended while its /proc file was read.
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

import { readdirSync, readFileSync } from 'node:fs';

/** CPU time and memory of processes, as Linux tells them in /proc (man 5 proc). */

/** How long one tick of /proc is, ms: USER_HZ is 100 on every usual machine. */
const TICK_MS = 10;
const MIB_KIB = 1_024;

/** CPU time of the whole machine so far, ms. */
export interface MachineTime {
  /** Not idle. */
  readonly busy: number;
  readonly total: number;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Of its own, and of the children that have ended. */
  readonly cpuMs: number;
}

/** CPU time that the processes of each group and their children have used since they started, ms. */
export function cpuTimes(groups: readonly (readonly number[])[]): number[] {
  const processes = allProcesses();
  const sum = (pid: number): number =>
    processes
      .filter((process) => process.pid === pid || process.parent === pid)
      .reduce((ms, process) => ms + (process.pid === pid ? process.cpuMs : sum(process.pid)), 0);
  return groups.map((pids) => pids.reduce((ms, pid) => ms + sum(pid), 0));
}

/** The most memory that each process has held at once since it started, in all, MiB; children are not counted. */
export const peakMemory = (pids: readonly number[]): number => memory('VmHWM', pids);

/** The memory that the processes hold now, in all, MiB; children are not counted. */
export const residentMemory = (pids: readonly number[]): number => memory('VmRSS', pids);

const memory = (what: 'VmHWM' | 'VmRSS', pids: readonly number[]): number =>
  pids.reduce((mib, pid) => mib + kibOf(what, readFileSync(`/proc/${pid}/status`, 'utf8')) / MIB_KIB, 0);

function kibOf(what: string, status: string): number {
  const [, kib] = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  return Number(kib);
}

export function machineTime(): MachineTime {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  // user, nice, system, idle, iowait, irq, softirq, steal; what guests use is in user already.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle = 0, waiting = 0] = ticks;
  const total = ticks.reduce((sum, count) => sum + count, 0);
  return { busy: (total - idle - waiting) * TICK_MS, total: total * TICK_MS };
}

function allProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
}

function readProcess(pid: number): Process | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It ended since the folder was read.
    return undefined;
  }
  // The name stands in parentheses, and may hold spaces. After it: state, ppid, ..., then utime, stime, cutime, cstime.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  return { pid, parent, cpuMs: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) * TICK_MS };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The built scripts, each in a process of its own, as npm runs them. */

export const dist = (path: string): string => join(__dirname, '../../dist', path);

export interface RunningScript {
  readonly child: ChildProcess;
  /** What it has printed so far, on both streams. */
  output(): string;
  /** Its exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** @param env all of it, but for PATH and HOME */
export function startScript(name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): RunningScript {
  return startNode([dist(`scripts/${name}.js`), ...args], env);
}

/** A process group of its own, so that a test can press Ctrl-C on all of it. */
export function startNode(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningScript {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, args, { env: { PATH, HOME, ...env }, detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const exited = once(child, 'close').then(() => child.exitCode);
  return { child, output: () => output, exited };
}

export async function runScript(name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const script = startScript(name, args, env);
  return { code: await script.exited, output: script.output() };
}

/** Ctrl-C: the terminal sends SIGINT to the whole group. */
export function pressCtrlC({ child }: RunningScript): void {
  if (child.pid) process.kill(-child.pid, 'SIGINT');
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

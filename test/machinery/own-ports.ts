import { randomInt } from 'node:crypto';
import { freePorts, PortsTakenError } from '../../devstack/ports';

/** Below 32,000: a system gives others to outgoing connections, Linux from 32768, macOS from 49152. */
const FIRST = 10_000;
const BLOCKS = 2_720;
/** At most so many at once. */
const BLOCK = 8;
/** Jest's worker processes draw from blocks of their own, so that none finds free what another is about to use. */
const WORKERS = 8;

/**
 * Free ports of this machine that nobody else is given by chance, at any time: what was stopped, or has not started yet,
 * finds its port free.
 */
export async function ownPorts(count: number): Promise<number[]> {
  const worker = Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS;
  for (;;) {
    const block = randomInt(BLOCKS / WORKERS) * WORKERS + worker;
    const first = FIRST + block * BLOCK;
    const wishes = Array.from({ length: count }, (_none, index) => ({
      part: 'test',
      setting: 'none',
      port: first + index,
      host: '127.0.0.1',
    }));
    try {
      return await freePorts(wishes);
    } catch (error) {
      if (!(error instanceof PortsTakenError)) throw error;
    }
  }
}

export async function ownPort(): Promise<number> {
  const [port = 0] = await ownPorts(1);
  return port;
}

import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Sending {
  /** A character for each byte (latin1). Written one by one, each in a turn of its own, as packets would come. */
  readonly pieces: readonly string[];
  /** When all is written: wait for the server to close, or go away politely, or with a reset. */
  readonly end: 'wait' | 'leave' | 'reset';
}

const PATIENCE_MS = 60_000;

/**
 * Sends exact bytes over a connection of its own.
 * @returns all that the server said until the connection was closed; nothing where it was reset
 * @throws Error when the server neither closes nor is left
 */
export async function exchange(port: number, { pieces, end }: Sending): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1');
  let said = '';
  let patient = true;
  socket.on('data', (text: string) => (said += text));
  // The server may close while we still write: an end like any other.
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const patience = setTimeout(() => {
    patient = false;
    socket.destroy();
  }, PATIENCE_MS);
  for (const piece of pieces) {
    await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
    await nextTurn();
  }
  if (end === 'leave') socket.destroy();
  if (end === 'reset') socket.resetAndDestroy();
  await closed;
  clearTimeout(patience);
  if (!patient) throw new Error(`not closed within ${PATIENCE_MS} ms after ${JSON.stringify({ pieces, said })}`);
  return said;
}

/** The HTTP statuses in what a server said. */
export const statusesIn = (said: string): number[] =>
  [...said.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

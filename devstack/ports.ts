import { once } from 'node:events';
import { connect, createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from './error-code';

export interface PortWish {
  /** What will listen there, e.g. "API". */
  readonly part: string;
  /** The setting that chooses the port. */
  readonly setting: string;
  /** 0: any free one. */
  readonly port: number;
  readonly host: string;
}

/** Every port that is taken, named at once. */
export class PortsTakenError extends Error {
  override readonly name = 'PortsTakenError';
  readonly code = 'ports_taken';
  constructor(readonly taken: readonly PortWish[]) {
    const lines = taken.map(
      ({ part, setting, port }) => `  - ${port} for the ${part}: choose another with ${setting}=...`,
    );
    super(`These ports can't be used, because something listens there or this user may not:\n${lines.join('\n')}`);
  }
}

/**
 * Tries every port before anything starts.
 * @param patienceMs how long a taken port may still be set free, ms
 * @returns the ports in the order of the wishes, with a free one for each 0, which nobody else is given for a minute
 * @throws PortsTakenError that names all that are taken, two wishes for one port included
 */
export async function freePorts(wishes: readonly PortWish[], patienceMs = 0): Promise<number[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const servers = await Promise.all(wishes.map(listen));
    const taken = wishes.filter((_, index) => servers[index] === undefined);
    const ports = servers.map((server) => portOf(server));
    await Promise.all(wishes.map(({ port, host }, index) => end(servers[index], port === 0 ? host : undefined)));
    if (taken.length === 0) return ports;
    if (Date.now() >= deadline) throw new PortsTakenError(taken);
    await sleep(100);
  }
}

/**
 * A free one, which nobody else is given for a minute.
 * @throws PortsTakenError when this machine has none
 */
export async function freePort(part: string): Promise<number> {
  const [port = 0] = await freePorts([{ part, setting: 'its port', port: 0, host: '127.0.0.1' }]);
  return port;
}

/** `undefined` when the port can't be had; any other trouble, e.g. an unknown host, rejects. */
async function listen({ port, host }: PortWish): Promise<Server | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE', 'EACCES')) return undefined;
    throw error;
  }
}

/** @param anyOf the host on which it was given any port, which is to be given to nobody else */
async function end(server: Server | undefined, anyOf: string | undefined): Promise<void> {
  if (!server) return;
  if (anyOf) await leaveTrace(server, anyOf);
  server.close();
  await once(server, 'close');
}

/**
 * A connection that the listening side closes first stays on the port for a minute (TIME_WAIT, RFC 9293): so long the
 * system gives that port to nobody who asks for any. Whoever asks for this very one gets it, by SO_REUSEADDR, which
 * Node, Go and PostgreSQL set. Temporal's own SDKs find their ports like this.
 */
async function leaveTrace(server: Server, host: string): Promise<void> {
  const client = connect(portOf(server), host).resume();
  const [peer]: unknown[] = await once(server, 'connection');
  if (peer instanceof Socket) peer.end();
  await once(client, 'close');
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === 'object' && address ? address.port : 0;
}

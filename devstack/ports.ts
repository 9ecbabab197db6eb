import { once } from 'node:events';
import { connect, createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from './error-code';

export interface PortWish {
  /** The part that will listen there, e.g. "API". */
  readonly part: string;
  /** The environment variable that sets the port. */
  readonly setting: string;
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
}

/** Ports that can't be used. The message names all of them. */
export class PortsTakenError extends Error {
  override readonly name = 'PortsTakenError';
  readonly code = 'ports_taken';
  constructor(readonly taken: readonly PortWish[]) {
    const lines = taken.map(
      ({ part, setting, port }) => `  - ${port} for the ${part}: set another one with ${setting}=...`,
    );
    super(
      `These ports can't be used: another program listens there, or this user has no permission:\n${lines.join('\n')}`,
    );
  }
}

/**
 * Checks, before anything starts, that each port is free.
 * @param patienceMs how long to wait for a port that is in use, ms
 * @returns the ports in the order of the wishes. For each 0 a free port, which the system gives to no other program for a minute
 * @throws PortsTakenError that names all ports in use, also a port that is wished for twice
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
 * A free port, which the system gives to no other program for a minute.
 * @throws PortsTakenError when this machine has no free port
 */
export async function freePort(part: string): Promise<number> {
  const [port = 0] = await freePorts([{ part, setting: 'its port', port: 0, host: '127.0.0.1' }]);
  return port;
}

/** Resolves with `undefined` when the port is in use or not permitted. Rejects with any other error, e.g. an unknown host. */
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

/** @param reserveOn the host on which the system chose the port, to keep it reserved there; undefined: do not */
async function end(server: Server | undefined, reserveOn: string | undefined): Promise<void> {
  if (!server) return;
  if (reserveOn) await reservePort(server, reserveOn);
  server.close();
  await once(server, 'close');
}

/**
 * Makes a connection that the listening side closes first. It stays in TIME_WAIT for a minute (RFC 9293). In that time the
 * system does not give the port to a program that asks for any port, but does to one that asks for this port and sets
 * SO_REUSEADDR, as Node, Go and PostgreSQL do. Temporal's SDKs find free ports in the same way.
 */
async function reservePort(server: Server, host: string): Promise<void> {
  const client = connect(portOf(server), host).resume();
  const [peer]: unknown[] = await once(server, 'connection');
  if (peer instanceof Socket) peer.end();
  await once(client, 'close');
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === 'object' && address ? address.port : 0;
}

import { once } from 'node:events';
import { connect, createServer, type Server, Socket } from 'node:net';

/**
 * What stands before the frontends of a Temporal cluster: each connection goes to the next server, or, where that one
 * does not answer, to the one after it. Where one side closes a connection, the other is closed too.
 */
export class LoadBalancer {
  private readonly sockets = new Set<Socket>();
  private listener: Server | undefined;
  private turn = 0;

  constructor(
    readonly port: number,
    private readonly serverPorts: readonly number[],
  ) {}

  /** @throws the listen error as it is, e.g. EADDRINUSE */
  async open(): Promise<void> {
    this.listener = createServer((client) => void this.join(client));
    this.listener.listen(this.port, '127.0.0.1');
    await once(this.listener, 'listening');
  }

  close(): void {
    this.listener?.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async join(client: Socket): Promise<void> {
    // Whatever it was, 'close' follows.
    client.on('error', () => undefined);
    const server = await this.reach();
    if (!server || client.destroyed) {
      client.destroy();
      server?.destroy();
      return;
    }
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one);
      one.once('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }

  private async reach(): Promise<Socket | undefined> {
    for (let tries = 0; tries < this.serverPorts.length; tries += 1) {
      const port = this.serverPorts[this.turn++ % this.serverPorts.length] ?? 0;
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      const [joined] = await Promise.race([
        once(socket, 'connect').then(() => [true]),
        once(socket, 'close').then(() => [false]),
      ]).catch(() => [false]);
      if (joined) return socket;
    }
    return undefined;
  }
}

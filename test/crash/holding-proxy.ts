import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What flows from the client to the server, and what flows back. */
export type Way = 'requests' | 'answers';

/**
 * A TCP proxy on this machine that passes everything on, until it is told to hold back what flows one way: then the
 * one side has spoken and the other has heard nothing, for as long as a test likes. A connection that one side closes
 * is closed on the other, and what was held on it is lost. What flows is small, so it is not slowed down.
 */
export class HoldingProxy {
  private readonly connections = new Set<Record<Way, Flow>>();
  private held: Way | undefined;
  private listener: Server | undefined;

  /** @param port its own (`ownPorts`): it is closed and opened again */
  constructor(
    readonly port: number,
    public serverPort: number,
  ) {}

  /** @throws the listen error as it is, e.g. EADDRINUSE */
  async open(): Promise<void> {
    this.listener = createServer((client) => this.join(client, connect(this.serverPort, '127.0.0.1')));
    this.listener.listen(this.port, '127.0.0.1');
    await once(this.listener, 'listening');
  }

  /** As where the server is dead: connections are lost, new ones refused. */
  close(): void {
    this.listener?.close();
    this.drop();
  }

  /** Loses every connection, and what is held on it. */
  drop(): void {
    for (const { requests, answers } of this.connections) {
      requests.from.destroy();
      answers.from.destroy();
    }
    this.connections.clear();
  }

  hold(way: Way): void {
    this.held = way;
  }

  /** Passes on what is held, and everything from now on. */
  release(): void {
    this.held = undefined;
    for (const { requests, answers } of this.connections) {
      requests.flush();
      answers.flush();
    }
  }

  /** How many connections have something held back on them. */
  get waiting(): number {
    return [...this.connections].filter(({ requests, answers }) => requests.size + answers.size > 0).length;
  }

  /** Bytes held back. */
  get heldBytes(): number {
    return [...this.connections].reduce((sum, { requests, answers }) => sum + requests.size + answers.size, 0);
  }

  private join(client: Socket, server: Socket): void {
    const connection = {
      requests: new Flow(client, server, () => this.held === 'requests'),
      answers: new Flow(server, client, () => this.held === 'answers'),
    };
    this.connections.add(connection);
    client.once('close', () => this.connections.delete(connection));
  }
}

class Flow {
  private kept: Buffer[] = [];

  constructor(
    readonly from: Socket,
    private readonly to: Socket,
    isHeld: () => boolean,
  ) {
    from.on('data', (chunk: Buffer) => {
      if (isHeld()) this.kept.push(chunk);
      else to.write(chunk);
    });
    from.on('close', () => to.end());
    // Whatever it was, 'close' follows.
    from.on('error', () => undefined);
  }

  get size(): number {
    return this.kept.reduce((sum, { length }) => sum + length, 0);
  }

  flush(): void {
    for (const chunk of this.kept.splice(0)) this.to.write(chunk);
  }
}

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { LesspayError } from '../../lesspay/errors';
import { post, type Post } from '../../lesspay/transport';

/** Real connections, and what each of their ends says of the request. */

const open: { server?: Server; sockets: Socket[] } = { sockets: [] };

afterEach(async () => {
  for (const socket of open.sockets.splice(0)) socket.destroy();
  if (open.server) await once(open.server.close(), 'close');
  delete open.server;
});

/** @param take what the server does with each connection */
async function serve(take: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    open.sockets.push(socket.on('error', () => undefined));
    take(socket);
  });
  open.server = server;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the server listens on a port');
  return `${bound.address}:${bound.port}`;
}

const request: Post = {
  url: '',
  headers: {},
  text: '{}',
  timeoutMs: 5_000,
  maxBytes: 1_000,
  effectIfSent: 'may_have',
};

async function failure(change: Partial<Post>): Promise<LesspayError> {
  const outcome: unknown = await post({ ...request, ...change }).catch((error: unknown) => error);
  if (outcome instanceof LesspayError) return outcome;
  throw new Error(`answered: ${JSON.stringify(outcome)}`);
}

describe('the request surely was never sent when', () => {
  const neverSent = { kind: 'unreachable', effect: 'did_not' };

  it('the port is closed', async () => {
    const address = await serve(() => undefined);
    if (open.server) await once(open.server.close(), 'close');
    delete open.server;
    const error = await failure({ url: `http://${address}` });
    expect(error).toMatchObject(neverSent);
    expect(error.message).toMatch(/^No connection to Lesspay could be made \(ECONNREFUSED\)/);
  });

  it('the name is unknown', async () => {
    expect(await failure({ url: 'http://lesspay.invalid' })).toMatchObject(neverSent);
  });

  it('the other side speaks no TLS', async () => {
    const address = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await failure({ url: `https://${address}` })).toMatchObject(neverSent);
  });

  it.each([
    ['closed', (socket: Socket) => void socket.destroy()],
    ['reset', (socket: Socket) => void socket.once('data', () => socket.resetAndDestroy())],
  ])('the connection is %s before TLS is agreed on', async (_how, end) => {
    expect(await failure({ url: `https://${await serve(end)}` })).toMatchObject(neverSent);
  });

  it('the other side is silent until the time is up, before TLS is agreed on', async () => {
    const error = await failure({ url: `https://${await serve(() => undefined)}`, timeoutMs: 200 });
    expect(error).toMatchObject(neverSent);
    expect(error.message).toMatch(/^No connection to Lesspay could be made within 200 ms/);
  });

  it('the call was taken back before TLS was agreed on', async () => {
    const taking = new AbortController();
    const url = `https://${await serve(() => taking.abort())}`;
    expect(await failure({ url, signal: taking.signal })).toMatchObject({ kind: 'aborted', effect: 'did_not' });
  });
});

describe('the request may have been sent when', () => {
  it.each<[what: string, kind: string, then: (socket: Socket) => void]>([
    ['reset', 'connection_lost', (socket: Socket) => void socket.resetAndDestroy()],
    ['closed', 'connection_lost', (socket: Socket) => void socket.end()],
    ['silent until the time is up', 'timeout', () => undefined],
    ['no HTTP', 'connection_lost', (socket: Socket) => void socket.end('welcome\r\n')],
    [
      'half an answer',
      'connection_lost',
      (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'),
    ],
  ])('the connection is made, and then %s', async (_what, kind, then) => {
    const url = `http://${await serve((socket) => void socket.once('data', () => then(socket)))}`;
    expect(await failure({ url, timeoutMs: 500 })).toMatchObject({ kind, effect: 'may_have' });
    expect(await failure({ url, timeoutMs: 500, effectIfSent: 'did_not' })).toMatchObject({ kind, effect: 'did_not' });
  });
});

/** Answers once on each connection; whoever uses it again finds it closed, as behind a load balancer that has given it up. */
function answerOnce(socket: Socket): void {
  socket.once('data', () => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    socket.once('data', () => socket.resetAndDestroy());
  });
}

it('what may take effect never goes over a kept connection, which the other side may be closing', async () => {
  const url = `http://${await serve(answerOnce)}`;
  const query: Post = { ...request, url, effectIfSent: 'did_not' };
  expect(await post(query)).toMatchObject({ status: 200, text: '{}' });
  expect(await post({ ...request, url })).toMatchObject({ status: 200, text: '{}' });
  // The query's connection was kept, and is a trap.
  expect(await failure(query)).toMatchObject({ kind: 'connection_lost', effect: 'did_not' });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { freePorts, PortsTakenError } from '../../devstack/ports';
import { ownPorts } from '../machinery/own-ports';

const wish = (part: string, setting: string, port: number) => ({ part, setting, port, host: '127.0.0.1' });

let taker: Server;
let taken: number;
let free: number;

beforeEach(async () => {
  [taken = 0, free = 0] = await ownPorts(2);
  taker = createServer().listen(taken, '127.0.0.1');
  await once(taker, 'listening');
});
afterEach(() => void taker.close());

it('all that are taken are named at once, each with the setting that chooses another', async () => {
  const attempt = freePorts([
    wish('Temporal server', 'TEMPORAL_PORT', taken),
    wish('sandbox', 'SANDBOX_PORT', free),
    wish('API', 'PORT', taken),
  ]);
  await expect(attempt).rejects.toThrow(PortsTakenError);
  await expect(attempt).rejects.toThrow(`${taken} for the Temporal server: set another one with TEMPORAL_PORT=`);
  await expect(attempt).rejects.toThrow(`${taken} for the API: set another one with PORT=`);
  await expect(attempt).rejects.not.toThrow('SANDBOX_PORT');
});

it('two parts on one port are refused, though nothing listens there yet', async () => {
  const attempt = freePorts([wish('sandbox', 'SANDBOX_PORT', free), wish('API', 'PORT', free)]);
  await expect(attempt).rejects.toThrow(PortsTakenError);
});

it('0 gives a free one, another for each, and leaves it free', async () => {
  const wishes = [wish('sandbox', 'SANDBOX_PORT', 0), wish('API', 'PORT', 0)];
  const ports = await freePorts(wishes);
  expect(new Set(ports).size).toBe(2);
  const [sandbox = 0, api = 0] = ports;
  expect(await freePorts([wish('sandbox', 'SANDBOX_PORT', sandbox), wish('API', 'PORT', api)])).toEqual(ports);
});

it('one that is set free in time is waited for', async () => {
  const waiting = freePorts([wish('API', 'PORT', taken)], 10_000);
  taker.close();
  expect(await waiting).toEqual([taken]);
});

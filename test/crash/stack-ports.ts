import { randomInt } from 'node:crypto';
import { freePorts, PortsTakenError } from '../../scripts/ports';

const NAMES = ['temporal', 'sandbox', 'api', 'apiToTemporal', 'workerToTemporal', 'workerToLesspay'] as const;

/** Where the parts listen, and the wires between them. */
export type StackPorts = Readonly<Record<(typeof NAMES)[number], number>>;

/** Free ones, below those the system gives to outgoing connections: what was killed must find its port free again. */
export async function findStackPorts(): Promise<StackPorts> {
  for (;;) {
    const first = randomInt(20_000, 30_000);
    const wishes = NAMES.map((part, index) => ({ part, setting: 'none', port: first + index, host: '127.0.0.1' }));
    try {
      const [temporal = 0, sandbox = 0, api = 0, apiToTemporal = 0, workerToTemporal = 0, workerToLesspay = 0] =
        await freePorts(wishes);
      return { temporal, sandbox, api, apiToTemporal, workerToTemporal, workerToLesspay };
    } catch (error) {
      if (!(error instanceof PortsTakenError)) throw error;
    }
  }
}

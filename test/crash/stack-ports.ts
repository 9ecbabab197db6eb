import { ownPorts } from '../machinery/own-ports';

/** Where the parts listen, and the wires between them. */
export interface StackPorts {
  readonly temporal: number;
  readonly sandbox: number;
  readonly api: number;
  readonly apiToTemporal: number;
  readonly workerToTemporal: number;
  readonly workerToLesspay: number;
}

/** Their own, for what was killed must find its port free again. */
export async function findStackPorts(): Promise<StackPorts> {
  const [temporal = 0, sandbox = 0, api = 0, apiToTemporal = 0, workerToTemporal = 0, workerToLesspay = 0] =
    await ownPorts(6);
  return { temporal, sandbox, api, apiToTemporal, workerToTemporal, workerToLesspay };
}

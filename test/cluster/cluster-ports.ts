import { ownPorts } from '../machinery/own-ports';

/** The services of Temporal's server. Each of the two processes runs all of them. */
export const SERVICES = ['frontend', 'history', 'matching', 'worker'] as const;
export type Service = (typeof SERVICES)[number];

/** Of one service: for calls, and for the members of the cluster to find each other. */
export interface ServicePorts {
  readonly grpcPort: number;
  readonly membershipPort: number;
}

export type TemporalPorts = Readonly<Record<Service, ServicePorts>>;

export interface ClusterPorts {
  readonly temporal: readonly [TemporalPorts, TemporalPorts];
  /** Of the load balancer before the two frontends. */
  readonly frontends: number;
  readonly apis: readonly [number, number];
  /** Of the load balancer before the two APIs. */
  readonly api: number;
  readonly receiver: number;
  readonly sandbox: number;
  /** Of the workers' metrics. */
  readonly metrics: readonly [number, number];
}

/** Their own, for what was killed must find its port free again. */
export async function findClusterPorts(): Promise<ClusterPorts> {
  const blocks: number[][] = [];
  while (blocks.length < 3) {
    const block = await ownPorts(8);
    if (blocks.every(([first]) => first !== block[0])) blocks.push(block);
  }
  const [
    one = [],
    two = [],
    [frontends = 0, api1 = 0, api2 = 0, receiver = 0, sandbox = 0, m1 = 0, m2 = 0, api = 0] = [],
  ] = blocks;
  return {
    temporal: [temporalPorts(one), temporalPorts(two)],
    frontends,
    apis: [api1, api2],
    api,
    receiver,
    sandbox,
    metrics: [m1, m2],
  };
}

function temporalPorts(block: readonly number[]): TemporalPorts {
  const pair = (index: number) => ({ grpcPort: block[2 * index] ?? 0, membershipPort: block[2 * index + 1] ?? 0 });
  return { frontend: pair(0), history: pair(1), matching: pair(2), worker: pair(3) };
}

import type { Client } from '@temporalio/client';
import { temporalClient } from '../../temporal.config';
import { HoldingProxy } from './holding-proxy';
import { type Ground, launch, type Program, urlOf, type Victim } from './launch';
import { findStackPorts } from './stack-ports';

/** Between which two parts something can be held back. */
export interface Wires {
  readonly apiToTemporal: HoldingProxy;
  readonly workerToTemporal: HoldingProxy;
  readonly workerToLesspay: HoldingProxy;
}

/** The wires at whose near end a part is, and those at whose far end. */
const ENDS = {
  api: { from: ['apiToTemporal'], to: [] },
  worker: { from: ['workerToTemporal', 'workerToLesspay'], to: [] },
  temporal: { from: [], to: ['apiToTemporal', 'workerToTemporal'] },
  sandbox: { from: [], to: ['workerToLesspay'] },
} as const satisfies Record<Victim, Record<'from' | 'to', readonly (keyof Wires)[]>>;

/** The whole product, each part a process that can be killed and started again on the data it left. */
export class StackProcesses {
  readonly wires: Wires;
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  /** Straight to Temporal, through no wire. */
  readonly client: Client;
  /** Who ended without having been killed. */
  readonly fallen: string[] = [];
  private readonly programs = new Map<Victim, Program>();

  private constructor(private readonly ground: Ground) {
    const { temporal, api, sandbox, ...wires } = ground.ports;
    this.apiUrl = urlOf(api);
    this.sandboxUrl = urlOf(sandbox);
    this.client = temporalClient({
      namespace: 'default',
      connectionOptions: { address: `127.0.0.1:${temporal}` },
    });
    this.wires = {
      apiToTemporal: new HoldingProxy(wires.apiToTemporal, temporal),
      workerToTemporal: new HoldingProxy(wires.workerToTemporal, temporal),
      workerToLesspay: new HoldingProxy(wires.workerToLesspay, sandbox),
    };
  }

  /** @throws Error when a part does not start */
  static async start(ground: Omit<Ground, 'ports'>): Promise<StackProcesses> {
    const stack = new StackProcesses({ ...ground, ports: await findStackPorts() });
    try {
      for (const wire of Object.values(stack.wires)) await wire.open();
      for (const part of ['temporal', 'sandbox', 'worker', 'api'] as const) await stack.run(part);
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  /** SIGKILL; what was under way to it or from it is lost. */
  async kill(victim: Victim): Promise<void> {
    const program = this.programs.get(victim);
    if (!program) throw new Error(`${victim} does not run`);
    this.programs.delete(victim);
    process.kill(program.pid, 'SIGKILL');
    await program.exited;
    for (const wire of ENDS[victim].from) this.wires[wire].drop();
    for (const wire of ENDS[victim].to) this.wires[wire].close();
  }

  /** @throws Error when it does not start */
  async startAgain(victim: Victim): Promise<void> {
    await this.run(victim);
    for (const wire of ENDS[victim].to) await this.wires[wire].open();
  }

  /** Lets everything flow. */
  release(): void {
    for (const wire of Object.values(this.wires)) wire.release();
  }

  async stop(): Promise<void> {
    const programs = [...this.programs.values()].reverse();
    this.programs.clear();
    for (const program of programs) await program.stop();
    for (const wire of Object.values(this.wires)) wire.close();
    await this.client.connection.close();
  }

  private async run(victim: Victim): Promise<void> {
    const program = await launch(victim, this.ground);
    this.programs.set(victim, program);
    void this.watch(victim, program);
  }

  private async watch(victim: Victim, program: Program): Promise<void> {
    const code = await program.exited;
    if (this.programs.get(victim) === program) this.fallen.push(`${victim} (exit code ${code})`);
  }
}

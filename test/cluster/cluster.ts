import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { msToTs } from '@temporalio/common/lib/time';
import type { Client } from '@temporalio/client';
import { findTemporalCli } from '../../devstack/temporal-programs';
import { temporalClient } from '../../temporal.config';
import { ask, type RestartablePostgres, startPostgres } from '../machinery/postgres';
import { waitFor } from '../machinery/wait-for';
import { runCommand, runTemporal } from './command';
import { type ClusterPorts, findClusterPorts } from './cluster-ports';
import { LoadBalancer } from './load-balancer';
import { startNode } from './node-program';
import { FIRST_RELEASE, type NodePart, type Part, type Release } from './parts';
import { programSettings, type Site } from './program-settings';
import { type Program, urlOf } from '../crash/launch';
import { buildTemporal, type TemporalBuild } from './temporal-build';
import { createTemporalDatabases, startTemporalServer } from './temporal-server';

export interface ClusterOptions {
  readonly log: (line: string) => void;
  /** Emptied; then the configurations and logs are there. */
  readonly folder: string;
  /** Of Temporal's dynamic configuration. */
  readonly dynamicConfig?: Readonly<Record<string, unknown>>;
  /** Only PostgreSQL and Temporal: no program of ours. */
  readonly temporalOnly?: boolean;
  readonly namespace?: string;
}

export const RECORDS_DATABASE = 'lesspay_payins';
const RETENTION_MS = 7 * 24 * 3_600_000;

/** A production site as processes of this machine. They end when this process does. */
export class Cluster implements Site {
  readonly client: Client;
  /** Who ended without having been told to. */
  readonly fallen: string[] = [];
  private readonly programs = new Map<Part, Program>();
  private readonly releases = new Map<Part, Release>();

  private constructor(
    readonly options: ClusterOptions,
    readonly ports: ClusterPorts,
    readonly postgres: RestartablePostgres,
    private readonly build: TemporalBuild,
    /** The Temporal CLI's path. */
    readonly cli: string,
    private readonly balancers: readonly LoadBalancer[],
  ) {
    this.client = this.clientOf(this.temporalAddress);
  }

  /** @throws Error when a part does not start */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const build = await buildTemporal(options.log);
    const cli = await findTemporalCli(options.log);
    await rm(options.folder, { recursive: true, force: true });
    await mkdir(options.folder, { recursive: true });
    const ports = await findClusterPorts();
    const postgres = await startPostgres({ max_connections: '300' });
    const balancers = [
      new LoadBalancer(
        ports.frontends,
        ports.temporal.map(({ frontend }) => frontend.grpcPort),
      ),
      new LoadBalancer(ports.api, ports.apis),
    ];
    const cluster = new Cluster(options, ports, postgres, build, cli, balancers);
    try {
      for (const balancer of balancers) await balancer.open();
      await cluster.setUp();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get namespace(): string {
    return this.options.namespace ?? 'payins';
  }

  get temporalAddress(): string {
    return `127.0.0.1:${this.ports.frontends}`;
  }

  /** Of the load balancer. */
  get apiUrl(): string {
    return urlOf(this.ports.api);
  }

  get sandboxUrl(): string {
    return urlOf(this.ports.sandbox);
  }

  get receiverUrl(): string {
    return urlOf(this.ports.receiver);
  }

  /** Of the order records. */
  get databaseUrl(): string {
    return this.databaseOf(RECORDS_DATABASE);
  }

  databaseOf(name: string): string {
    const url = new URL(this.postgres.url);
    url.pathname = name;
    return url.href;
  }

  get lesspayFolder(): string {
    return join(this.options.folder, 'lesspay');
  }

  /** What a command of ours needs to reach Temporal. */
  get environment(): NodeJS.ProcessEnv {
    return { TEMPORAL_ADDRESS: this.temporalAddress, TEMPORAL_NAMESPACE: this.namespace };
  }

  /** A command of `scripts/`, e.g. `reconcile`. @throws Error with its words when it fails */
  command(script: string, ...args: string[]): Promise<string> {
    return runCommand(script, args, this.environment);
  }

  /** @throws Error with the CLI's words when it fails */
  temporal(...args: string[]): Promise<string> {
    return runTemporal(this.cli, [...args, '--address', this.temporalAddress, '--namespace', this.namespace]);
  }

  pid(part: Part): number | undefined {
    return this.programs.get(part)?.pid;
  }

  /** SIGKILL. */
  async kill(part: Part): Promise<void> {
    if (part === 'postgres') return this.postgres.end('SIGKILL');
    const program = this.programs.get(part);
    if (!program) throw new Error(`${part} does not run`);
    this.programs.delete(part);
    process.kill(program.pid, 'SIGKILL');
    await program.exited;
  }

  /** SIGTERM, as a deployment does. */
  async end(part: NodePart): Promise<void> {
    const program = this.programs.get(part);
    this.programs.delete(part);
    await program?.stop();
  }

  /**
   * On the data it left. @returns when it answers
   * @param release of a worker; by default the one it had
   * @throws Error when it does not start
   */
  async startAgain(part: Part, release?: Release): Promise<void> {
    if (release) this.releases.set(part, release);
    if (part === 'postgres') return this.postgres.startAgain();
    const program = await this.launch(part);
    this.programs.set(part, program);
    void this.watch(part, program);
  }

  /** As docs/changing-workflows.md says. */
  async makeCurrent(buildId: string, ...flags: readonly string[]): Promise<void> {
    await this.untilKnown(buildId);
    await this.temporal('worker', 'deployment', 'set-current-version', ...version(buildId), '--yes', ...flags);
  }

  async ramp(buildId: string, percentage: number): Promise<void> {
    await this.untilKnown(buildId);
    const share = ['--percentage', String(percentage), '--yes'];
    await this.temporal('worker', 'deployment', 'set-ramping-version', ...version(buildId), ...share);
  }

  async stop(): Promise<void> {
    const programs = [...this.programs.values()].reverse();
    this.programs.clear();
    for (const program of programs) await program.stop();
    for (const balancer of this.balancers) balancer.close();
    await this.client.connection.close();
    await this.postgres.stop();
  }

  private async setUp(): Promise<void> {
    const { log, temporalOnly = false } = this.options;
    log('making the databases');
    await createTemporalDatabases(this.build, this.postgres.url);
    await ask(this.postgres.url, `create database ${RECORDS_DATABASE}`);
    log('starting two Temporal servers');
    // One after the other: the first one that ever starts writes down the cluster, and two at once both fail to.
    for (const part of ['temporal-1', 'temporal-2'] as const) await this.startAgain(part);
    await this.registerNamespace();
    if (temporalOnly) return;
    log(`npm run setup: ${(await this.command('setup')).trim().replaceAll('\n', ' ')}`);
    log('starting the programs of the product');
    await this.startAgain('sandbox');
    for (const part of ['worker-1', 'worker-2'] as const) await this.startAgain(part, FIRST_RELEASE);
    await this.makeCurrent(FIRST_RELEASE.buildId);
    for (const part of ['api-1', 'api-2', 'receiver'] as const) await this.startAgain(part);
  }

  private async registerNamespace(): Promise<void> {
    const { workflowService } = this.client.connection;
    await workflowService.registerNamespace({
      namespace: this.namespace,
      workflowExecutionRetentionPeriod: msToTs(RETENTION_MS),
    });
    // Each frontend reads the list of namespaces now and then.
    for (const { frontend } of this.ports.temporal) {
      const client = this.clientOf(`127.0.0.1:${frontend.grpcPort}`);
      const knows = () =>
        client.workflow.count().then(
          () => true,
          () => false,
        );
      await waitFor(knows, { what: 'the namespace', restMs: 500 });
      await client.connection.close();
    }
  }

  private clientOf(address: string): Client {
    return temporalClient({ namespace: this.namespace, connectionOptions: { address } });
  }

  private launch(part: Exclude<Part, 'postgres'>): Promise<Program> {
    const { folder } = this.options;
    if (part === 'temporal-1' || part === 'temporal-2') {
      const { build, ports } = this;
      const own = ports.temporal[part === 'temporal-1' ? 0 : 1];
      const dynamicConfig = this.options.dynamicConfig ?? { 'frontend.WorkflowPauseEnabled': true };
      return startTemporalServer({
        build,
        ports: own,
        folder,
        name: part,
        dynamicConfig,
        postgresUrl: this.postgres.url,
      });
    }
    const release = this.releases.get(part) ?? FIRST_RELEASE;
    return startNode({ part, release, folder, ...programSettings(part, release, this) });
  }

  private async untilKnown(buildId: string): Promise<void> {
    // The server hears of a build by its polls.
    const known = () =>
      this.temporal('worker', 'deployment', 'describe-version', ...version(buildId)).then(
        (answer) => answer.includes('activity') && answer.includes('workflow'),
        () => false,
      );
    await waitFor(known, { what: `build ${buildId} at the server`, restMs: 500 });
  }

  private async watch(part: Part, program: Program): Promise<void> {
    const code = await program.exited;
    if (this.programs.get(part) === program) this.fallen.push(`${part} (exit code ${code})`);
  }
}

const version = (buildId: string): string[] => ['--deployment-name', 'lesspay-payins', '--build-id', buildId];

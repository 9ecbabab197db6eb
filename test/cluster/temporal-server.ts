import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { type LeashedProgram, runOnLeash } from '../../devstack/leashed-program';
import { ask } from '../machinery/postgres';
import { whenUp } from './when-up';
import { SERVICES, type TemporalPorts } from './cluster-ports';
import type { TemporalBuild } from './temporal-build';

/** Temporal's databases, and the version of PostgreSQL's tables in the server's own words. */
const DATABASES = { temporal: 'temporal', temporal_visibility: 'visibility' } as const;

/** Never to be changed once there is data. */
const HISTORY_SHARDS = 16;
const MAX_CONNECTIONS = 8;

/** Makes Temporal's two databases, and their tables. */
export async function createTemporalDatabases({ sqlTool }: TemporalBuild, postgresUrl: string): Promise<void> {
  const { hostname, port, username } = new URL(postgresUrl);
  for (const [database, schema] of Object.entries(DATABASES)) {
    await ask(postgresUrl, `create database ${database}`);
    const place = ['--plugin', 'postgres12_pgx', '--endpoint', hostname, '--port', port, '--user', username];
    const run = (...args: string[]) => promisify(execFile)(sqlTool, [...place, '--database', database, ...args]);
    await run('setup-schema', '--version', '0.0');
    await run('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}

export interface TemporalServerOptions {
  readonly build: TemporalBuild;
  readonly postgresUrl: string;
  readonly ports: TemporalPorts;
  /** For its configuration and its log. */
  readonly folder: string;
  readonly name: string;
  /** Of Temporal's dynamic configuration. */
  readonly dynamicConfig: Readonly<Record<string, unknown>>;
}

/** One process with all services, which finds the others of its cluster by the database. @throws Error when it does not start */
export async function startTemporalServer(options: TemporalServerOptions): Promise<LeashedProgram> {
  const { build, folder, name, ports, dynamicConfig } = options;
  const [file, dynamicFile, logFile] = ['yaml', 'dynamic.yaml', 'log'].map((ending) =>
    join(folder, `${name}.${ending}`),
  );
  if (!file || !dynamicFile || !logFile) throw new Error('no folder');
  const dynamic = Object.entries(dynamicConfig).map(([key, value]) => [key, [{ value }]]);
  // JSON is YAML.
  await writeFile(dynamicFile, JSON.stringify(Object.fromEntries(dynamic)));
  await writeFile(file, JSON.stringify(configuration(options, dynamicFile), null, 2));
  const args = [
    '--config-file',
    file,
    '--allow-no-auth',
    'start',
    ...SERVICES.flatMap((service) => ['--service', service]),
  ];
  const program = await runOnLeash(build.server, args, { logFile, env: { PATH: process.env['PATH'], GOGC: '400' } });
  const up = async () => {
    if (program.gone.aborted)
      throw new Error(`${name} does not start:\n${readFileSync(logFile, 'utf8').slice(-3_000)}`);
    return answers(`127.0.0.1:${ports.frontend.grpcPort}`);
  };
  return whenUp(program, up, name);
}

async function answers(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address, interceptors: [] });
  try {
    const describe = () => connection.workflowService.describeNamespace({ namespace: 'temporal-system' });
    await connection.withDeadline(Date.now() + 5_000, describe);
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

function configuration({ postgresUrl, ports }: TemporalServerOptions, dynamicFile: string) {
  const { host, username } = new URL(postgresUrl);
  const store = (databaseName: string) => ({
    sql: {
      pluginName: 'postgres12_pgx',
      databaseName,
      connectAddr: host,
      connectProtocol: 'tcp',
      user: username,
      maxConns: MAX_CONNECTIONS,
      maxIdleConns: MAX_CONNECTIONS,
      maxConnLifetime: '1h',
    },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: HISTORY_SHARDS,
      datastores: { default: store('temporal'), visibility: store('temporal_visibility') },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: Object.fromEntries(
      SERVICES.map((service) => [service, { rpc: { ...ports[service], bindOnLocalHost: true } }]),
    ),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: '127.0.0.1:7233' },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamicFile, pollInterval: '10s' },
  };
}

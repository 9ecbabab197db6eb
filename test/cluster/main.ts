import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../../devstack/project-root';
import { DEV_API_KEY } from '../../settings';
import { Cluster } from './cluster';
import { PARTS } from './parts';
import { TEMPORAL_VERSION } from './temporal-build';

/** `npm run cluster`: what a production site has, as processes of this machine, until Ctrl-C (docs/cluster.md). */
async function main(): Promise<void> {
  const folder = join(projectRoot, '.data', 'cluster');
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const starting = Cluster.start({ log: say, folder });
  // Ctrl-C before it runs: a part of it may not have started.
  const cluster = await Promise.race([starting, interrupted.then(() => undefined)]);
  if (cluster) {
    say(`\n${places(cluster)}\n\nCtrl-C ends it, and forgets its data. Logs: ${folder}`);
    await interrupted;
  }
  say('\nstopping');
  await starting.then((started) => started.stop());
}

function places(cluster: Cluster): string {
  const { apiUrl, receiverUrl, sandboxUrl, temporalAddress, databaseUrl, ports } = cluster;
  const pids = PARTS.flatMap((part) => {
    const pid = cluster.pid(part);
    return pid === undefined ? [] : [`${part} ${pid}`];
  });
  const lines: readonly (readonly [string, string])[] = [
    [`Temporal ${TEMPORAL_VERSION}`, `${temporalAddress}, namespace ${cluster.namespace}: balances two servers`],
    ...ports.temporal.map(
      ({ frontend }, index) => [`  server ${index + 1}`, `127.0.0.1:${frontend.grpcPort}`] as const,
    ),
    [`PostgreSQL ${cluster.postgres.version.split(' ')[0]}`, databaseUrl],
    ['API', `${apiUrl}/payins   (Authorization: Bearer ${DEV_API_KEY}): balances two`],
    ...ports.apis.map((port, index) => [`  API ${index + 1}`, `http://127.0.0.1:${port}`] as const),
    ['receiver', `${receiverUrl}/webhooks/lesspay`],
    ['Lesspay', `${sandboxUrl}   (simulated)`],
    ...ports.metrics.map((port, index) => [`worker ${index + 1}`, `http://127.0.0.1:${port}/metrics`] as const),
    ['CLI', `export TEMPORAL_ADDRESS=${temporalAddress} TEMPORAL_NAMESPACE=${cluster.namespace}`],
    ['processes', pids.join(', ')],
  ];
  return lines.map(([name, place]) => `${name.padEnd(18)}${place}`).join('\n');
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});

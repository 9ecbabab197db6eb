import { scheduleReconciliations } from '../client/reconciliation-schedules';
import { registerSearchAttributes, temporalClient, temporalConfig } from '../temporal.config';

/**
 * `npm run setup`: registers the search attributes and creates the schedules of the reconciliation on the cluster that
 * `TEMPORAL_*` names. May be repeated: existing schedules are updated to those of this release.
 */
async function main(): Promise<void> {
  const config = temporalConfig();
  const place = `namespace ${config.namespace} at ${config.connectionOptions.address}`;
  const client = temporalClient(config);
  try {
    const added = await registerSearchAttributes(client.connection, config.namespace);
    if (added.length > 0) console.log(`Registered ${added.join(', ')} in ${place}.`);
    const created = await scheduleReconciliations(client);
    if (created.length > 0) console.log(`Scheduled ${created.join(', ')} in ${place}.`);
    if (added.length + created.length === 0) console.log(`Nothing to do in ${place}.`);
  } catch (error) {
    const hint = 'Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the credentials.';
    throw new Error(`${place} can't be set up: ${String(error)} ${hint}`, { cause: error });
  } finally {
    await client.connection.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

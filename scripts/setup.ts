import { registerSearchAttributes, temporalClient, temporalConfig } from '../temporal.config';

/** `npm run setup`: registers the search attributes on the cluster that `TEMPORAL_*` names. Harmless when repeated. */
async function main(): Promise<void> {
  const config = temporalConfig();
  const place = `namespace ${config.namespace} at ${config.connectionOptions.address}`;
  const { connection } = temporalClient(config);
  try {
    const added = await registerSearchAttributes(connection, config.namespace);
    console.log(added.length > 0 ? `Registered ${added.join(', ')} in ${place}.` : `Nothing to do in ${place}.`);
  } catch (error) {
    const hint = 'Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the credentials.';
    throw new Error(`The search attributes can't be registered in ${place}: ${String(error)} ${hint}`, {
      cause: error,
    });
  } finally {
    await connection.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

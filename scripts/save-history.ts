import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporalClient } from '../temporal.config';
import { decryptHistory } from './decrypted-history';
import { historyText } from './history-text';

/** `npm run history:save -- WORKFLOW_ID NAME`: saves a run's history, decrypted, as `test/histories/NAME.json`, for the replay test. */
async function main([workflowId, name]: readonly string[]): Promise<void> {
  if (!workflowId || !name || !/^[a-z0-9-]+$/.test(name))
    throw new Error('usage: npm run history:save -- WORKFLOW_ID NAME   (NAME: lower-case letters, digits, "-")');
  const client = temporalClient();
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  await decryptHistory(history, client.options.loadedDataConverter.payloadCodecs);
  const path = join('test', 'histories', `${name}.json`);
  // `wx`: never overwrites a file, because runs of the release that wrote its history may still be open.
  await writeFile(path, historyText(history), { flag: 'wx' });
  await client.connection.close();
  console.log(`${path}: ${history.events?.length ?? 0} events`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

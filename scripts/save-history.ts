import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { temporalClient } from '../temporal.config';

/**
 * `npm run history:save -- WORKFLOW_ID NAME`: saves a run's history as `test/histories/NAME.json`, for the replay test.
 * Host names and file paths are left out: they say nothing to a replay.
 */
async function main([workflowId, name]: readonly string[]): Promise<void> {
  if (!workflowId || !name || !/^[a-z0-9-]+$/.test(name))
    throw new Error('usage: npm run history:save -- WORKFLOW_ID NAME   (NAME: lower-case letters, digits, "-")');
  const client = temporalClient();
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const text = JSON.stringify(JSON.parse(historyToJSON(history), withoutPlace), undefined, 2);
  const path = join('test', 'histories', `${name}.json`);
  await writeFile(path, `${text}\n`);
  await client.connection.close();
  console.log(`${path}: ${history.events?.length ?? 0} events`);
}

const withoutPlace = (member: string, value: unknown): unknown =>
  member === 'identity' || member === 'stackTrace' ? undefined : value;

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

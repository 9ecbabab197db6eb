import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fromSetUp } from './payin-rig';

/**
 * What an operator does at a terminal: the Temporal CLI, on the server of the tests, which answers in JSON.
 * @throws Error with the CLI's words when it fails
 */
export async function temporal(...args: string[]): Promise<string> {
  const connected = [...args, '--address', fromSetUp('TEST_TEMPORAL_ADDRESS'), '--output', 'json'];
  return (await promisify(execFile)(fromSetUp('TEST_TEMPORAL_CLI'), connected)).stdout;
}

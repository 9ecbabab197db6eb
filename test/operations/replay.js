'use strict';

/**
 * Replays histories in a process of its own, since one that goes astray may take its process along.
 * `node replay.js BUNDLE FOLDER FILE...`: for each file a line of JSON, `{ file, error? }`, before the next is begun.
 */
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { historyFromJSON } = require('@temporalio/common/lib/proto-utils');
const { DefaultLogger, Runtime, Worker } = require('@temporalio/worker');

Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
const [bundle, folder, ...files] = process.argv.slice(2);

async function* histories() {
  for (const file of files) {
    const history = historyFromJSON(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
    const workflowId = history.events[0].workflowExecutionStartedEventAttributes.workflowId;
    // Handed on as the run id: it tells whose result it is.
    yield { workflowId, history };
  }
}

async function main() {
  let index = 0;
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: { codePath: bundle } }, histories())) {
    process.stdout.write(`${JSON.stringify({ file: files[index], ...(error ? { error: error.message } : {}) })}\n`);
    index += 1;
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});

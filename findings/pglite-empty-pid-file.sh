#!/usr/bin/env bash
# A process that is killed at any start of PGlite can leave an empty `postmaster.pid`, and then the folder does not open.
#
# Software   @electric-sql/pglite 0.5.16, with a folder as its data directory. Linux, Node 20.
# Input      A folder that PGlite has made and closed well. A process opens it and is ended by SIGKILL between the making of
#            `postmaster.pid` and the writing of its content. Then other processes open the same folder.
# Expected   It opens: with a written `postmaster.pid` it does, whatever the way in which the process ended before.
# Seen       killed while postmaster.pid was empty: the folder does not open, at any later start: "PGlite failed to
#                                                   initialize properly"
#            the empty file removed:                the folder opens, and nothing is lost
# Source     PostgreSQL refuses an empty lock file, since another server may be about to write it (CreateLockFile in
#            src/backend/utils/init/miscinit.c: `lock file "postmaster.pid" is empty`). PGlite does not remove it, and does
#            not tell this reason.
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

tell 'the first start' data opens
kill_at data postmaster.pid
[ -f data/postmaster.pid ] && [ ! -s data/postmaster.pid ] || { echo 'CHANGED: no empty postmaster.pid' && exit 1; }
tell 'killed while postmaster.pid was empty' data 'does not open'
tell '  opened once more' data 'does not open'
rm data/postmaster.pid
tell 'the empty file removed' data opens

[ "$changed" = 0 ] || { echo 'CHANGED: see above' && exit 1; }
echo 'As told: an empty postmaster.pid keeps the folder from opening until it is removed.'

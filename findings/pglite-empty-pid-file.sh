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
# Exit code  0: the behaviour is as told here. 1: it has changed, or something could not be installed or started.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

echo '{ "private": true }' >package.json
timeout 300 npm install --silent --no-audit --no-fund @electric-sql/pglite@0.5.16

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
opening() { timeout 90 node open.js "$1" || echo "does not open: exit code $?"; }
kill_at() { # folder, file
  local code=0
  timeout 90 node open.js "$1" "$2" >said 2>&1 || code=$?
  [ "$code" = 137 ] || { echo "CHANGED: the moment of $2 was not met: $(cat said)" && exit 1; }
} 2>/dev/null
tell() { # what was done, the answer, how an answer as told begins
  echo "$1: $2"
  case "$2" in "$3"*) ;; *) changed=1 ;; esac
}

tell 'the first start' "$(opening data)" opens
kill_at data postmaster.pid
[ -f data/postmaster.pid ] && [ ! -s data/postmaster.pid ] || { echo 'CHANGED: no empty postmaster.pid' && exit 1; }
tell 'killed while postmaster.pid was empty' "$(opening data)" 'does not open'
tell '  opened once more' "$(opening data)" 'does not open'
rm data/postmaster.pid
tell 'the empty file removed' "$(opening data)" opens

[ "$changed" = 0 ] || { echo 'CHANGED: see above' && exit 1; }
echo 'As told: an empty postmaster.pid keeps the folder from opening until it is removed.'

#!/usr/bin/env bash
# The types of @temporalio/common do not compile in a strict project that checks the types of its libraries.
#
# Software   @temporalio/common 1.24.0; TypeScript 5.9.3.
# Input      A file imports a function of `@temporalio/common/lib/time`. The project is strict. It has the packages that
#            @temporalio/common asks for, and @types/node.
# Expected   It compiles: a package names all that its types need.
# Seen       TypeScript finds no declaration for the module `ms`, which lib/time.d.ts imports. It compiles with `skipLibCheck`,
#            or after `npm install @types/ms`.
# Source     @temporalio/common depends on ms 3.0.0-canary.1, whose `exports` name no types, and not on @types/ms.
# Exit code  0: the behaviour is as told here. Another: it has changed, or something could not be installed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

echo '{ "private": true }' >package.json
timeout 300 npm install --silent --no-audit --no-fund @temporalio/common@1.24.0 typescript@5.9.3 @types/node@20.19.43
printf "import { msToNumber } from '@temporalio/common/lib/time';\nexport const second: number = msToNumber('1 s');\n" >time.ts

# Prints the first error's code in lib/time.d.ts, or "compiles".
compile() {
  if out=$(npx tsc --noEmit --strict --module nodenext --target es2022 "$@" time.ts); then echo compiles
  else grep -o 'lib/time.d.ts.*error TS[0-9]*' <<<"$out" | head -n 1 | sed 's/([0-9,]*)//'; fi
}
strict=$(compile)
skipped=$(compile --skipLibCheck)
timeout 300 npm install --silent --no-audit --no-fund @types/ms@2.1.0
seen="strict: $strict; skipLibCheck: $skipped; with @types/ms: $(compile)"
echo "$seen"
[ "$seen" = 'strict: lib/time.d.ts: error TS7016; skipLibCheck: compiles; with @types/ms: compiles' ] || {
  echo 'CHANGED: the types no longer fail as told here'
  exit 1
}

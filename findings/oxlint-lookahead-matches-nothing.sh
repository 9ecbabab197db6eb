#!/usr/bin/env bash
# A pattern of oxlint's no-restricted-imports that has a lookahead refuses nothing, and nothing says so.
#
# Software   oxlint 1.89.0; eslint 9.39.1 beside it.
# Input      A file imports `../other/value.js`. The same rule, with the same `regex`, is given to both linters, once
#            without and once with a negative lookahead that this import does not meet.
# Expected   Both linters refuse the import both times, or oxlint says that it can't use the second pattern.
# Seen       oxlint refuses it by the first pattern. With the second one it finds no error and exits with 0, while eslint
#            refuses the import. So a rule that was taken over from eslint guards nothing any more, and lint is green.
# Source     oxlint builds the pattern with Rust's `regex` crate, which has no lookaround, and leaves out a pattern that
#            does not build (crates/oxc_linter/src/rules/eslint/no_restricted_imports.rs). `group` with `!` works instead.
# Exit code  0: the behaviour is as told here. Another: it has changed, or something could not be installed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

echo '{ "private": true }' >package.json
timeout 300 npm install --silent --no-audit --no-fund oxlint@1.89.0 eslint@9.39.1
mkdir src other
echo 'export const value = 1;' >other/value.js
printf "import { value } from '../other/value.js';\nexport const two = value + value;\n" >src/uses-it.js

# Prints "refused" or "allowed".
oxlint_says() {
  printf '{ "rules": { "no-restricted-imports": ["error", { "patterns": [{ "regex": "%s" }] }] } }' "$1" >.oxlintrc.json
  if npx oxlint src >/dev/null; then echo allowed; else echo refused; fi
}
eslint_says() {
  printf 'export default [{ rules: { "no-restricted-imports": ["error", { patterns: [{ regex: "%s" }] }] } }];\n' "$1" >eslint.config.mjs
  if npx eslint src >/dev/null; then echo allowed; else echo refused; fi
}

plain='^[.][.]/other/'
lookahead='^[.][.]/(?!src/)'
seen="oxlint: $(oxlint_says "$plain"), with a lookahead $(oxlint_says "$lookahead"); eslint: $(eslint_says "$plain"), with a lookahead $(eslint_says "$lookahead")"
echo "$seen"
[ "$seen" = 'oxlint: refused, with a lookahead allowed; eslint: refused, with a lookahead refused' ] || {
  echo 'CHANGED: the two linters no longer differ as told here'
  exit 1
}

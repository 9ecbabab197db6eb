#!/usr/bin/env bash
# `npm sbom --omit dev` leaves out a package of production that a development dependency needs too.
#
# Software   npm 11.19.1.
# Input      A project depends on `ms`, and for development on `debug`, which depends on `ms` too. Both are installed.
# Expected   A bill of materials without development dependencies lists `ms`: it is a direct dependency. `npm ls --omit dev`
#            lists it.
# Seen       The bill has no component at all, and npm exits with 0. So a scanner that reads it misses packages that run in
#            production, and the more a project's tools share with it, the more are missing.
# Source     npm lists what its selector `:not(.dev)` matches (lib/commands/sbom.js), and `.dev` matches `ms` here.
# Exit code  0: the behaviour is as told here. Another: it has changed, or something could not be installed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

echo '{ "private": true }' >package.json
timeout 300 npm install --silent --no-audit --no-fund --prefix npm npm@11.19.1
npm() { command node "$folder/npm/node_modules/npm/bin/npm-cli.js" "$@" 2>/dev/null; }
mkdir shop && cd shop
echo '{ "name": "shop", "version": "1.0.0", "dependencies": { "ms": "2.1.3" }, "devDependencies": { "debug": "4.4.3" } }' >package.json
timeout 300 node "$folder/npm/node_modules/npm/bin/npm-cli.js" install --silent --no-audit --no-fund

# Prints the names of the components.
names='const { components } = JSON.parse(require("fs").readFileSync(0)); console.log(components.map((one) => one.name).sort().join(" ") || "none");'
listed=$(npm ls --omit dev --json | node -e 'console.log(Object.keys(JSON.parse(require("fs").readFileSync(0)).dependencies).join(" "))')
seen="npm ls: $listed; npm sbom: $(npm sbom --sbom-format=cyclonedx --omit dev | node -e "$names"); with development: $(npm sbom --sbom-format=cyclonedx | node -e "$names")"
echo "npm $(npm --version); $seen"
[ "$seen" = 'npm ls: ms; npm sbom: none; with development: debug ms' ] || {
  echo 'CHANGED: npm sbom no longer leaves out what it is told here to leave out'
  exit 1
}

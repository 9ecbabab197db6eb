#!/bin/sh
# Creates the namespace. Runs that have ended are kept for its retention. It may be repeated.
set -eu
temporal operator cluster health
temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention 7d

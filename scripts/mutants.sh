#!/usr/bin/env bash
# Mutation testing of the rule stages and the runtime core: about an hour and a half on two cores. Needs cargo-mutants.
# What survives, and why, is in MUTANTS.md.
set -euo pipefail
cd "$(dirname "$0")/.."
# A few hundred sequences against the naive model find in seconds what all of them find.
export PROPTEST_CASES=${PROPTEST_CASES:-300}
exec cargo mutants --timeout 60 --output target \
  --file 'fluxgate/src/{breaker,call,cause,core,listener,outcome,permit,retry,snapshot,state}.rs' \
  --file 'fluxgate/src/window/*.rs' \
  --file 'fluxgate-rules/src/{check,condition,duration,evaluate,judge,lexer,metrics,parser,ratio,reader,rule,window}.rs' \
  "$@"

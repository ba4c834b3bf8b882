#!/usr/bin/env bash
# Fuzzes the rule parser, and sequences of commands against the naive model: `scripts/fuzz.sh [seconds each]`, 10 by default.
# Needs cargo-fuzz; works with a stable compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
export RUSTC_BOOTSTRAP=1
for target in rules sequences; do
  mkdir -p "fuzz/corpus/$target"
  echo "fuzzing $target"
  cargo fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
    -max_total_time="${1:-10}" -max_len=1024 -len_control=0 -verbosity=0 -print_final_stats=1 2>&1 | grep -v '# Uses:\|recommended dictionary'
done

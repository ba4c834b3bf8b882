#!/usr/bin/env bash
# Fuzzes the rule parser, and sequences of commands against the naive model: `scripts/fuzz.sh [seconds each]`, 10 by default.
# Each run differs, unless SEED is set.
# Needs only cargo, a stable compiler, and one for C++: the flags are those by which cargo-fuzz makes a program report what it runs.
# Without AddressSanitizer, since no code here is `unsafe`.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(rustc -vV | sed -n 's/^host: //p')
coverage=-sanitizer-coverage
export RUSTFLAGS="--cfg fuzzing -Cdebug-assertions -Ccodegen-units=1 -Cpasses=sancov-module -Cllvm-args=$coverage-level=4
  -Cllvm-args=$coverage-inline-8bit-counters -Cllvm-args=$coverage-pc-table -Cllvm-args=$coverage-trace-compares"
cd fuzz
cargo build --release --target "$target"
for program in rules sequences; do
  mkdir -p "corpus/$program" "artifacts/$program"
  echo "fuzzing $program"
  "target/$target/release/$program" "corpus/$program" "seeds/$program" -artifact_prefix="artifacts/$program/" \
    -seed="${SEED:-0}" -max_total_time="${1:-10}" -max_len=1024 -len_control=0 -verbosity=0 -print_final_stats=1 2>&1 | grep -v '# Uses:\|recommended dictionary'
done

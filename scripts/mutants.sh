#!/usr/bin/env bash
# Mutation testing: makes many small changes to the code, and checks whether a test notices each. Needs cargo-mutants. MUTANTS.md
# explains which mutants survive and why, and how long it takes.
#
#   scripts/mutants.sh                      the rule language and the runtime
#   scripts/mutants.sh rules|runtime [..]   one of them; further arguments go to cargo-mutants: --file, --shard 1/8, --in-diff DIFF
#   scripts/mutants.sh short                a small file, two minutes
#
# Each mutant runs against the quickest tests first, and only if they miss it, against all that might notice.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0

# Without a baseline: `cargo test` already checks that the unchanged code passes.
mutants() { cargo mutants --baseline skip --iterate --build-timeout 300 --colors never "$@"; }

rules_quick() {
  mutants --timeout 30 --test-package fluxgate-rules -C --lib -C --test=messages -C --test=readings -C --test=values \
    -C --test=constants -C --test=exhaustive "$@"
}
rules_all() { mutants --timeout 60 --test-package fluxgate-rules,fluxgate-macros -C --tests "$@"; }

# Skips slow tests of threads and sizes; a few sequences against the naive model find as much as many.
runtime_quick() {
  PROPTEST_CASES=60 mutants --timeout 15 --test-package fluxgate,fluxgate-tests -C --lib -C --test=behaviour -C --test=golden \
    -C --test=model "$@" -- -- --skip threads:: --skip a_window_of_a_million --skip the_largest_windows \
    --skip admits_its_share --skip ten_thousand --skip go_backwards --skip sequences_bring
}
runtime_all() {
  PROPTEST_CASES=300 mutants --timeout 120 --test-package fluxgate,fluxgate-tests -C --tests -C --features=fluxgate-tests/hosts "$@"
}

half() {
  local name=$1 folder=$2 out=target/mutants/$1 caught=0 unviable=0 status
  shift 2
  case " $* " in *" --file "*) ;; *) set -- --file "$folder/src/**" "$@" ;; esac
  rm -rf "$out"
  mkdir -p "$out"
  for pass in quick all; do
    status=0
    "${name}_$pass" --output "$out" "$@" || status=$?
    # 2: some were missed; 3: some ran forever, which counts as noticed.
    case $status in 0 | 2 | 3) ;; *) return "$status" ;; esac
    caught=$((caught + $(cat "$out"/mutants.out/{caught,timeout}.txt | wc -l)))
    unviable=$((unviable + $(wc -l <"$out/mutants.out/unviable.txt")))
    cat "$out/mutants.out/timeout.txt" >>"$out/mutants.out/caught.txt"
    [ -s "$out/mutants.out/missed.txt" ] || break
  done
  local missed
  missed=$(wc -l <"$out/mutants.out/missed.txt")
  cat "$out/mutants.out/missed.txt"
  echo "$name: $caught caught, $missed missed, $unviable do not compile"
  [ $((caught * 100)) -ge $(((caught + missed) * 95)) ]
}

what=${1:-everything}
[ $# -eq 0 ] || shift
case $what in
  everything) half rules fluxgate-rules && half runtime fluxgate ;;
  rules) half rules fluxgate-rules "$@" ;;
  runtime) half runtime fluxgate "$@" ;;
  short) half rules fluxgate-rules --file fluxgate-rules/src/model/duration.rs ;;
  *) sed -n '2,9p' "$0" && exit 1 ;;
esac

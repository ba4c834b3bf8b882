#!/usr/bin/env bash
# Runs ThreadSanitizer on the tests in which threads meet. Works with a stable compiler, by RUSTC_BOOTSTRAP.
#
# How false reports are avoided: the standard library is compiled without the sanitizer, which therefore misses synchronization
# inside it. It sees all of the breaker's own locks (`fluxgate_tsan` in fluxgate/src/sync.rs waits in instrumented code), and tests
# join threads one by one, which it sees, instead of by a scope, which it does not. That leaves dropping the last reference to an
# `Arc`, which the library orders by a fence that the sanitizer does not support, and the channel of the test harness; tsan.supp
# names just these. A report about anything else is a race. Tests on tokio are left out, since its locks are the library's.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(rustc -vV | sed -n 's/^host: //p')
case $target in
  x86_64-unknown-linux-gnu | aarch64-unknown-linux-gnu | x86_64-apple-darwin | aarch64-apple-darwin) ;;
  *) echo "skipped: no ThreadSanitizer for $target"; exit 0 ;;
esac
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer --cfg fluxgate_tsan"
# Reports must name inlined functions, or tsan.supp does not match them.
export CARGO_PROFILE_DEV_DEBUG=line-tables-only
export TSAN_OPTIONS="suppressions=$PWD/scripts/tsan.supp halt_on_error=0 exitcode=66"
if [ $# -eq 0 ]; then
  set -- threads:: clocks:: registry:: listeners::hear_in_order_from_many_threads isolate::threads_do_not_disturb_each_other \
    isolation_elsewhere::a_thread_that_enters isolation_elsewhere::a_thread_is_isolated isolation_elsewhere::a_wrapped
fi
# The rule language is compiled twice, also for the macros, and these tests hardly use it, nor proptest.
exec cargo test --config profile.dev.package.fluxgate-rules.opt-level=0 --config profile.dev.package.proptest.opt-level=0 --package fluxgate-tests --test behaviour --target "$target" --target-dir target/tsan -- "$@"

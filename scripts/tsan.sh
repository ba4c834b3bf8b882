#!/usr/bin/env bash
# ThreadSanitizer over the tests in which threads meet. Works with a stable compiler, which is told to accept the flag.
#
# How false reports are told apart: the standard library is compiled without the sanitizer, so it does not see what orders two
# threads where that happens inside it. Of the breaker's own locks it sees everything (`fluxgate_tsan` in fluxgate/src/sync.rs
# waits in code that is compiled with it), and threads are joined one by one, which it sees, and not by their scope, which it does
# not. What is left is the last reference to an `Arc` being dropped, which the library orders by a fence that the sanitizer does
# not know, and the channel of the test harness; tsan.supp names just these. A report about anything else is a race. The tests
# that run on tokio are left out: its own locks are the library's.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(rustc -vV | sed -n 's/^host: //p')
case $target in
  x86_64-unknown-linux-gnu | aarch64-unknown-linux-gnu | x86_64-apple-darwin | aarch64-apple-darwin) ;;
  *) echo "skipped: no ThreadSanitizer for $target"; exit 0 ;;
esac
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer --cfg fluxgate_tsan"
# Functions that are inlined must have their names in a report, or tsan.supp does not know it.
export CARGO_PROFILE_DEV_DEBUG=line-tables-only
export TSAN_OPTIONS="suppressions=$PWD/scripts/tsan.supp halt_on_error=0 exitcode=66"
if [ $# -eq 0 ]; then
  set -- threads:: clocks:: registry:: listeners::hear_in_order_from_many_threads isolate::threads_do_not_disturb_each_other \
    isolation_elsewhere::a_thread_that_enters isolation_elsewhere::a_thread_is_isolated isolation_elsewhere::a_wrapped
fi
exec cargo test --package fluxgate-tests --test behaviour --target "$target" --target-dir target/tsan -- "$@"

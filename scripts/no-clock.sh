#!/usr/bin/env bash
# Where the standard library has no clock, as on wasm32-unknown-unknown: what a breaker does there, simulated on this target, and
# that nothing there depends on a JavaScript host. With the target installed, also that it compiles.
set -euo pipefail
cd "$(dirname "$0")/.."
target=wasm32-unknown-unknown
if cargo tree --package fluxgate --all-features --edges normal --target $target | grep -E 'js-sys|web-sys|web-time|wasm-bindgen|quanta'; then
  echo "fluxgate imports a host of JavaScript on $target"
  exit 1
fi
RUSTFLAGS="--cfg fluxgate_no_clock" cargo test --package fluxgate-tests --test no_clock --target-dir target/no-clock
if [ -d "$(rustc --print target-libdir --target $target)" ] || rustup target add $target >/dev/null 2>&1; then
  cargo check --package fluxgate --all-features --target $target
else
  echo "   skipped: $target cannot be added here, so it is not known to compile"
fi

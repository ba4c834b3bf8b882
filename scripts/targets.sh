#!/usr/bin/env bash
# Runs the unit tests with 32 bits, and checks that the library compiles without warnings where there are no 64-bit atomics, with the other
# byte order. Leaves out targets that rustup cannot install.
set -euo pipefail
cd "$(dirname "$0")/.."
has() {
  [ -d "$(rustc --print target-libdir --target "$1")" ] || rustup target add "$1" >/dev/null 2>&1 ||
    { echo "   skipped: $1 cannot be installed here"; false; }
}
# As in no-clock.sh, which has built the macros.
unoptimized=(--config profile.dev.package.fluxgate.opt-level=0 --config profile.dev.package.fluxgate-rules.opt-level=0)

if [ "$(rustc -vV | sed -n 's/^host: //p')" != x86_64-unknown-linux-gnu ]; then
  echo "   skipped: 32-bit tests run on x86-64 under Linux"
elif has i686-unknown-linux-musl; then
  # Linked by the compiler itself.
  CARGO_TARGET_I686_UNKNOWN_LINUX_MUSL_LINKER=rust-lld \
    cargo test "${unoptimized[@]}" --package fluxgate --features chaos,keyed,test-util --lib --target i686-unknown-linux-musl
fi
if has powerpc-unknown-linux-gnu; then
  cargo clippy "${unoptimized[@]}" --package fluxgate --all-features --target powerpc-unknown-linux-gnu -- -D warnings
fi

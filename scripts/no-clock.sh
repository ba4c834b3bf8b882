#!/usr/bin/env bash
# Targets where the standard library has no clock, such as wasm32-unknown-unknown: tests a breaker's behaviour there, simulated on this
# target, and checks that nothing depends on a JavaScript host. If the target can be installed, also checks that it compiles.
set -euo pipefail
cd "$(dirname "$0")/.."
target=wasm32-unknown-unknown
if cargo tree --package fluxgate --all-features --edges normal --target $target | grep -E 'js-sys|web-sys|web-time|wasm-bindgen|quanta'; then
  echo "fluxgate depends on a JavaScript host on $target"
  exit 1
fi
# A wrapper recompiles only the workspace; RUSTFLAGS would recompile the dependencies as well. For so few tests, without optimizing.
unoptimized=(--config profile.dev.package.fluxgate.opt-level=0 --config profile.dev.package.fluxgate-rules.opt-level=0)
RUSTC_WORKSPACE_WRAPPER=$PWD/scripts/no-clock-rustc cargo test "${unoptimized[@]}" --workspace --all-features --test no_clock
if [ -d "$(rustc --print target-libdir --target $target)" ] || rustup target add $target >/dev/null 2>&1; then
  cargo clippy "${unoptimized[@]}" --package fluxgate --all-features --target $target -- -D warnings
  # Tokio's timers panic there.
  program=$(mktemp -d)
  trap 'rm -rf "$program"' EXIT
  cp Cargo.lock "$program"
  cat >"$program/Cargo.toml" <<MANIFEST
[package]
name = "timed"
edition = "2024"
[lib]
path = "timed.rs"
[dependencies]
fluxgate = { path = "$PWD/fluxgate", features = ["tokio"] }
[workspace]
MANIFEST
  cat >"$program/timed.rs" <<'PROGRAM'
#[fluxgate::circuit_breaker(timeout = 2s)]
pub async fn timed() -> Result<(), std::io::Error> {
    Ok(())
}
PROGRAM
  if cargo check --manifest-path "$program/Cargo.toml" --target-dir "${CARGO_TARGET_DIR:-target}" --target $target 2>"$program/log"; then
    echo "a \`timeout\` is accepted on $target"
    exit 1
  fi
  grep -q "\`timeout\` needs tokio's timers, which do not work on this target" "$program/log" || { cat "$program/log"; exit 1; }
else
  echo "   skipped: $target cannot be installed here, so whether it compiles was not checked"
fi

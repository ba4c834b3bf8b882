#!/usr/bin/env bash
# Runs the breaker's own code through all interleavings of threads (fluxgate/src/models.rs).
set -euo pipefail
cd "$(dirname "$0")/.."
export RUSTFLAGS="--cfg fluxgate_loom"
exec cargo test --package fluxgate --lib --release --target-dir target/loom --features test-util,chaos,keyed,tokio,tower models "$@"

#!/usr/bin/env bash
# Runs the breaker's own code through all interleavings of threads (fluxgate/src/models.rs).
set -euo pipefail
cd "$(dirname "$0")/.."
export RUSTFLAGS="--cfg fluxgate_loom"
# Optimizing what the models hardly run, loom's logging above all, would take longer than all of them.
optimized=(--config 'profile.release.package."*".opt-level=0' --config profile.release.package.fluxgate-rules.opt-level=0)
for package in fluxgate loom generator; do optimized+=(--config "profile.release.package.$package.opt-level=2"); done
exec cargo test "${optimized[@]}" --package fluxgate --lib --release --target-dir target/loom --features test-util,chaos,keyed,tokio,tower models "$@"

#!/usr/bin/env bash
# Builds the published packages with the oldest versions that their manifests allow, of the compiler, too: what a manifest
# promises must build. About a minute. Leaves the lock file in the tree alone.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

git ls-files -z -- Cargo.toml README.md fluxgate fluxgate-macros fluxgate-rules fluxgate-opentelemetry fluxgate-reqwest-middleware fluxgate-dashboard | xargs -0 cp --parents --target-directory "$copy"
cd "$copy"
oldest=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
if timeout 300 rustup toolchain install "$oldest" --profile minimal --no-self-update >/dev/null 2>&1; then
  export RUSTUP_TOOLCHAIN=$oldest
else
  printf '   skipped: rustup cannot install Rust %s, so this is %s\n' "$oldest" "$(rustc --version)"
fi
# Tests and examples are not published, so their dependencies need not be old.
sed -i 's/^members = .*/members = ["fluxgate", "fluxgate-macros", "fluxgate-rules", "fluxgate-opentelemetry", "fluxgate-reqwest-middleware", "fluxgate-dashboard"]/' Cargo.toml
# The flag is unstable; the variable makes a stable cargo accept it.
RUSTC_BOOTSTRAP=1 cargo update -Zdirect-minimal-versions
export CARGO_TARGET_DIR=$root/target/minimal-versions
# It is not about inputs, so a few of them do.
PROPTEST_CASES=20 cargo test --locked --workspace --all-features --lib
# Building finds most dependencies built already; checking would begin anew.
cargo build --locked --workspace --no-default-features

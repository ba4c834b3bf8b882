#!/usr/bin/env bash
# Checks the published packages with the oldest versions that their manifests allow, also of the compiler: what a manifest promises
# must build. About two minutes. With `test`, runs their unit tests instead, which takes twice as long. Leaves the lock file in the
# tree alone.
set -euo pipefail
what=${1:-check}
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
# As in our lock file: without the tables of Unicode for names of hosts, which nothing here asks for.
cargo update --quiet --precise 1.0.0 idna_adapter
export CARGO_TARGET_DIR=$root/target/minimal-versions
if [ "$what" = test ]; then
  cargo test --locked --workspace --all-features --lib
else
  # Checking expands too little to gain from optimized macros.
  unoptimized=(--config profile.dev.package.fluxgate-rules.opt-level=0)
  cargo check "${unoptimized[@]}" --locked --workspace --all-features
  cargo check "${unoptimized[@]}" --locked --package fluxgate --no-default-features
fi

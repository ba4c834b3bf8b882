#!/usr/bin/env bash
# `sqlx::test` above and below our attribute: the documented row that the ordinary tests leave out, since sqlx takes minutes to build.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT

mkdir "$package/tests"
touch "$package/lib.rs"
cat >"$package/Cargo.toml" <<END
[package]
name = "order-sqlx"
version = "0.1.0"
edition = "2024"

[workspace]

[lib]
path = "lib.rs"

[dependencies]
fluxgate = { path = "$root/fluxgate" }
sqlx = { version = "0.9", default-features = false, features = ["macros", "runtime-tokio"] }
tokio = { version = "1", features = ["rt"] }
END
cat >"$package/tests/order.rs" <<'END'
use std::error::Error;

use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = async |error| Err(error))]
#[sqlx::test]
async fn below_ours() -> Result<(), Box<dyn Error>> {
    tokio::task::yield_now().await;
    Ok(())
}

#[sqlx::test]
#[circuit_breaker(fallback = |error| Err(error))]
async fn above_ours() -> Result<(), Box<dyn Error>> {
    tokio::task::yield_now().await;
    Ok(())
}
END
CARGO_TARGET_DIR=$root/target/order-sqlx cargo test --manifest-path "$package/Cargo.toml" --test order

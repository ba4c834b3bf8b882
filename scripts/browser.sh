#!/usr/bin/env bash
# Tests the dashboard's page in a real browser. Half a minute; needs `chromium` and `chromedriver`.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --workspace --all-features --test browser -- --ignored --test-threads 1

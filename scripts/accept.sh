#!/usr/bin/env bash
# Records anew what tests compare with: the catalogues of messages, what the compiler says of refused programs, the expansions, and
# the pages of documentation that quote them. What has changed is then for you to read: `git diff`.
set -euo pipefail
cd "$(dirname "$0")/.."
export FLUXGATE_BLESS=1 TRYBUILD=overwrite
cargo test --quiet --package fluxgate-rules --test messages
cargo test --quiet --package fluxgate-macros
cargo test --quiet --package fluxgate-tests --test recovery
cargo test --quiet --package fluxgate-examples --example fleet
cargo test --quiet --package fluxgate-ui-tests --test ui
# Quotes what the last has recorded.
cargo test --quiet --package fluxgate-ui-tests --test page
git status --short

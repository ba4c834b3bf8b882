#!/usr/bin/env bash
# Updates what tests compare with: the catalogues of messages, the compiler's output for refused programs, the expansions, and the
# documentation pages that quote them. Read the changes with `git diff`.
set -euo pipefail
cd "$(dirname "$0")/.."
export FLUXGATE_BLESS=1 TRYBUILD=overwrite
cargo test --quiet --package fluxgate-rules --test messages
cargo test --quiet --package fluxgate-macros
cargo test --quiet --package fluxgate-tests --test recovery
cargo test --quiet --package fluxgate-examples --example fleet
cargo test --quiet --package fluxgate-ui-tests --test ui
# Quotes the output recorded by the previous step.
cargo test --quiet --package fluxgate-ui-tests --test page
git status --short

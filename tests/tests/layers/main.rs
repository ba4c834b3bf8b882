//! The layers of each crate: a file imports files below it, or next to it without a circle, and never one above.
//!
//! The tables are the plan: a layer, its files and folders, and what it may import in addition to itself. A file's actual imports are read
//! from its source: `use`, paths in code, and paths among the tokens of macros. A name is followed through re-exports to the file
//! that defines it. Methods that a layer adds to a type of a lower layer must not be called by the lower layer. Tests within a crate
//! may import anything.

mod arrows;
mod layers;
mod made_up;
mod sources;

use std::path::Path;

use layers::{Layer, mistakes};
use sources::Sources;

const RUNTIME: &[Layer] = &[
    ("ground", "state sync clock random callback return_type", ""),
    ("words", "window trip retry permit", "ground"),
    ("configuration", "configuration", "ground words"),
    ("events", "events", "ground words configuration"),
    ("engine", "engine", "ground words configuration events"),
    ("handle", "handle", "ground words configuration events engine"),
    // The top layers do not see the engine, except for what expansions call.
    ("testing", "testing", "ground configuration events handle"),
    ("track", "track", "ground handle"),
    ("private", "private", "ground words configuration events engine handle track"),
    ("integrations", "integrations", "ground words configuration events handle"),
    // Where the compiler finds the traits it names in its messages.
    ("docs", "docs", "private"),
];

const MACROS: &[Layer] = &[
    ("input", "input", ""),
    ("track", "track", "input"),
    ("model", "model", "input track"),
    ("output", "output", "input track model"),
];

const RULES: &[Layer] = &[
    ("model", "model", ""),
    ("text", "text", ""),
    ("language", "language", "model text"),
    ("logic", "logic", "model text language"),
    ("figures", "figures", "model logic"),
    ("reading", "reading", "model text language logic figures"),
    ("choosing", "choosing", "model text logic figures reading"),
];

const DASHBOARD: &[Layer] = &[
    ("words", "problem_details address command history page", ""),
    ("rows", "row access", "words"),
    ("live", "stream board sampler", "words rows"),
    ("routes", "api", "words rows live"),
];

fn check(package: &str, layers: &[Layer]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(package);
    let mistakes = mistakes(layers, &format!("{package}/src/"), &Sources::of_package(&root).modules());
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

#[test]
fn the_runtime_keeps_its_layers() {
    check("fluxgate", RUNTIME);
}

#[test]
fn the_macros_keep_their_layers() {
    check("fluxgate-macros", MACROS);
}

#[test]
fn the_rule_language_keeps_its_layers() {
    check("fluxgate-rules", RULES);
}

#[test]
fn the_dashboard_keeps_its_layers() {
    check("fluxgate-dashboard", DASHBOARD);
}

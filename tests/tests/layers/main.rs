//! The layers of each crate: a file imports files below it, or next to it without a circle, and never one above.
//!
//! The tables are the plan: a layer, its files and folders, and what it may import in addition to itself. A file's actual imports are read
//! from its source: `use`, paths in code, and both among the tokens of macros and attributes. A name is followed through re-exports to
//! the file that defines it. Methods that a layer adds to a type of a lower layer must not be called by the lower layer, as far as the
//! call shows which type is meant. Tests within a crate may import anything.
//!
//! And one word has one meaning: no two types share a name, unless they are the same idea, and what is named like a question changes
//! nothing. The documents agree with the tables.

mod arrows;
mod documents;
mod layers;
mod made_up;
mod names;
mod sources;

use std::path::Path;

use layers::{Layer, mistakes};
use names::shared;
use sources::{Module, Sources};

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
    ("suggestion", "suggestion", "model text language"),
    ("reading", "reading", "model text language logic figures suggestion"),
    ("choosing", "choosing", "model text logic figures reading"),
];

const DASHBOARD: &[Layer] = &[
    ("words", "problem_details address command history page", ""),
    ("rows", "row access", "words"),
    ("live", "stream board sampler", "words rows"),
    ("routes", "api", "words rows live"),
];

/// The names that several types have because they are one idea, and why they are several.
const ONE_IDEA: &[(&str, &str)] = &[
    ("Command", "what a breaker is told to do: as a function, and as the dashboard's addresses spell it"),
    ("Key", "what selects the breaker of a call: as an expression, and as the trait that its type needs"),
    ("Node", "a part of a rule: with values, and as the tokens of an expansion"),
    ("Outcome", "how a call counts: as a value, and as an attribute says of unfinished calls"),
    ("Plain", "an error that points to no other, in two lookups"),
    ("Rule", "when a breaker trips: with values, and as the tokens of an expansion"),
    ("Settings", "what breakers are made of: with values, as tokens, and as text from a file"),
    ("Unknown", "an error of which nothing is known, in two lookups"),
    ("Value", "an argument's value: as it was read, and as the tokens of an expansion"),
];

const PACKAGES: [&str; 6] = [
    "fluxgate",
    "fluxgate-dashboard",
    "fluxgate-macros",
    "fluxgate-opentelemetry",
    "fluxgate-reqwest-middleware",
    "fluxgate-rules",
];

fn modules(package: &str) -> Vec<Module> {
    Sources::of_package(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(package)).modules()
}

fn check(package: &str, layers: &[Layer]) {
    let mistakes = mistakes(layers, &format!("{package}/src/"), &modules(package));
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

#[test]
fn no_two_types_share_a_name_unless_they_are_one_idea() {
    let shared = shared(&PACKAGES.map(|package| (format!("{package}/src/"), modules(package))));
    let is_one_idea = |name: &str| ONE_IDEA.iter().any(|(one, _)| *one == name);
    let different = shared.iter().filter(|(name, _)| !is_one_idea(name));
    let mistakes: Vec<_> = different.map(|(name, places)| format!("{name}: {}", places.join(", "))).collect();
    assert!(mistakes.is_empty(), "rename all but one of\n{}\n", mistakes.join("\n"));
    let gone: Vec<_> = ONE_IDEA.iter().filter(|(name, _)| !shared.contains_key(*name)).collect();
    assert!(gone.is_empty(), "no longer shared: {gone:?}");
}

#[test]
fn no_question_changes_what_it_asks() {
    let mistakes = PACKAGES.iter().flat_map(|package| {
        modules(package).into_iter().flat_map(move |module| {
            let spelled = |(name, line)| format!("{package}/src/{}:{line}: {name}", module.file);
            module.changing_questions.into_iter().map(spelled).collect::<Vec<_>>()
        })
    });
    let mistakes: Vec<_> = mistakes.collect();
    assert!(mistakes.is_empty(), "name for what they do\n{}\n", mistakes.join("\n"));
}

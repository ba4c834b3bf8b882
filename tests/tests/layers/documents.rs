//! The documents for those who carry on name files that exist, and the layers as they are.

use std::path::Path;

use fluxgate_rules::vocabulary::{PERMIT, RETRY, TRIP, Vocabulary, WINDOW};

use crate::layers::Layer;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn document(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("the document is there")
}

/// What stands in backticks, inline or as a block.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The Rust files and scripts that a text names and that are not below one of these folders.
pub(crate) fn missing<'a>(text: &'a str, folders: &[&Path]) -> Vec<&'a str> {
    let words = code(text).flat_map(str::split_whitespace);
    let is_rust = |word: &str| Path::new(word).extension().is_some_and(|extension| extension == "rs");
    let is_file = |word: &&str| is_rust(word) || word.starts_with("scripts/");
    let files = words.filter(is_file).filter(|word| !word.contains('*'));
    files.filter(|file| !folders.iter().any(|folder| folder.join(file).exists())).collect()
}

/// The files and folders of layers that a text does not name.
pub(crate) fn unnamed<'a>(text: &str, layers: &[Layer]) -> Vec<&'a str> {
    let places = layers.iter().flat_map(|(_, places, _)| places.split_whitespace());
    places.filter(|place| !code(text).any(|code| code.trim_end_matches('/') == *place)).collect()
}

#[test]
fn the_documents_name_files_that_exist() {
    let folders =
        ["", "fluxgate/src", "fluxgate-macros/src", "fluxgate-rules/src"].map(|folder| root().join(folder));
    let folders = folders.each_ref().map(AsRef::as_ref);
    for name in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        assert_eq!(missing(&document(name), &folders), [""; 0], "{name}");
    }
}

#[test]
fn the_map_shows_every_layer() {
    let map = document("ARCHITECTURE.md");
    for layers in [crate::RUNTIME, crate::MACROS, crate::RULES, crate::DASHBOARD] {
        assert_eq!(unnamed(&map, layers), [""; 0]);
    }
}

#[test]
fn every_word_of_a_setting_is_documented() {
    for name in ["README.md", "fluxgate/docs/attribute.md"] {
        let text = document(name);
        let is_there = |word: &str| {
            let mut words = code(&text)
                .flat_map(|code| code.split(|letter: char| !(letter == '_' || letter.is_alphanumeric())));
            words.any(|known| known == word)
        };
        for Vocabulary { setting, entries, .. } in [&TRIP, &WINDOW, &RETRY, &PERMIT] {
            let missing: Vec<_> =
                entries.iter().map(|entry| entry.word).filter(|word| !is_there(word)).collect();
            assert!(missing.is_empty(), "{name}: {setting} of {missing:?}");
        }
    }
}

#[test]
fn what_a_document_has_wrong_is_found() {
    let text = "Not `gone.rs` or `scripts/gone.sh 600`, but `src/lib.rs`, `a/*.rs` and `high/`; gone.rs.";
    assert_eq!(missing(text, &[Path::new(env!("CARGO_MANIFEST_DIR"))]), ["gone.rs", "scripts/gone.sh"]);
    assert_eq!(unnamed(text, &[("one", "low high", "")]), ["low"]);
}

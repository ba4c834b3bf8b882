//! The map of the code shows the layers as they are.

use std::path::Path;

use crate::layers::Layer;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn document(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("the document is there")
}

/// What is in backticks, inline or as a block.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The files and folders of layers that a text does not name.
pub(crate) fn unnamed<'a>(text: &str, layers: &[Layer]) -> Vec<&'a str> {
    let places = layers.iter().flat_map(|(_, places, _)| places.split_whitespace());
    places.filter(|place| !code(text).any(|code| code.trim_end_matches('/') == *place)).collect()
}

#[test]
fn the_map_shows_every_layer() {
    let map = document("ARCHITECTURE.md");
    for layers in [crate::RUNTIME, crate::MACROS, crate::RULES, crate::DASHBOARD] {
        assert_eq!(unnamed(&map, layers), [""; 0]);
    }
}

#[test]
fn a_layer_that_the_map_lacks_is_found() {
    assert_eq!(unnamed("Not high, but `high/`; low.", &[("one", "low high", "")]), ["low"]);
}

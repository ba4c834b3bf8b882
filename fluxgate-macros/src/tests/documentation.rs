//! Every argument is documented, wherever arguments are listed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::input::names::{Concern, NAMES};
use crate::input::references::references;

/// The names of all arguments, or of those of `breaker!`.
fn names(takes: fn(Concern) -> bool) -> BTreeSet<&'static str> {
    NAMES.iter().filter(|name| takes(name.concern)).map(|name| name.text).collect()
}

fn of_breaker(concern: Concern) -> bool {
    matches!(concern, Concern::Settings | Concern::Crate)
}

fn page(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

#[test]
fn the_overview_lists_every_argument() {
    let mut lists = include_str!("../lib.rs").split("/// # All arguments at a glance").skip(1).map(|list| {
        let lines = list.lines().filter_map(|line| line.strip_prefix("///     ")?.split(" = ").next());
        lines.collect::<BTreeSet<_>>()
    });
    assert_eq!(lists.next().unwrap(), names(|_| true));
    assert_eq!(lists.next().unwrap(), names(of_breaker));
}

#[test]
fn tables_have_every_argument() {
    for path in ["README.md", "fluxgate/docs/attribute.md"] {
        let page = page(path);
        let table =
            page.split_once("| argument | values | default |").unwrap().1.split("\n\n").next().unwrap();
        // The first cell of each row, which may name several.
        let cells = table.lines().filter_map(|row| row.split('|').nth(1));
        let listed: BTreeSet<_> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
        assert_eq!(listed, names(|_| true), "{path}");
    }
}

#[test]
fn the_page_of_breakers_made_by_a_macro_names_what_they_take() {
    let page = page("fluxgate/docs/breaker.md");
    let list = page.split_once("that configure a breaker: ").unwrap().1.split('.').next().unwrap();
    assert_eq!(list.split('`').skip(1).step_by(2).collect::<BTreeSet<_>>(), names(of_breaker));
}

#[test]
fn every_argument_leads_an_editor_to_its_documentation() {
    // A keyword names nothing, and must not be in a path.
    for argument in NAMES.iter().filter(|argument| argument.text != "crate") {
        let found = references(&argument.text.parse().unwrap());
        let exists = found.iter().map(|reference| reference.to.exists()).collect::<Vec<_>>();
        assert_eq!(exists, [true], "{}", argument.text);
    }
}

//! Every argument is documented.

use std::collections::BTreeSet;

use crate::input::names::{Concern, NAMES};
use crate::input::references::references;

/// The names of all arguments, or of those of `breaker!`.
fn names(takes: fn(Concern) -> bool) -> BTreeSet<&'static str> {
    NAMES.iter().filter(|name| takes(name.concern)).map(|name| name.text).collect()
}

fn of_breaker(concern: Concern) -> bool {
    matches!(concern, Concern::Settings | Concern::Crate)
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
fn every_argument_leads_an_editor_to_its_documentation() {
    // A keyword names nothing, and must not be in a path.
    for argument in NAMES.iter().filter(|argument| argument.text != "crate") {
        let found = references(&argument.text.parse().unwrap());
        let exists = found.iter().map(|reference| reference.to.exists()).collect::<Vec<_>>();
        assert_eq!(exists, [true], "{}", argument.text);
    }
}

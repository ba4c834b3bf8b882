//! What the tokens of a body show about a variable, `it`.

use proc_macro2::{Ident, Span, TokenStream};

use crate::input::assignments::Assignments;
use crate::input::moves::may_move;
use crate::input::tokens::mentions;

fn tokens(body: &str) -> TokenStream {
    body.parse().expect("tokens")
}

/// Whether all of it is assigned to, or a part of it.
fn assigned(body: &str) -> (bool, bool) {
    let found = Assignments::to(&Ident::new("it", Span::call_site()), &tokens(body));
    (found.of_all.is_some(), found.of_parts)
}

#[test]
fn assignments() {
    for body in [
        "it = 1",
        "it += 1",
        "it <<= 1",
        "it >>= other",
        "(it) = 1",
        "(it, other) = pair",
        "[other, it] = pair",
        "Some(it) = other",
        "Record { it, .. } = other",
        "Record { part: it } = other",
        "if other { } (it, other) = pair",
        "match other { 1 => it = 2, _ => {} }",
        "move || it += 1",
        "let other = 1; it = other",
    ] {
        assert_eq!(assigned(body), (true, false), "{body}");
    }
    for body in ["it.part = 1", "it.0.part += 1", "it[0] = 1", "it[other].part = 1", "(it.0, other) = pair"] {
        assert_eq!(assigned(body), (false, true), "{body}");
    }
    for body in [
        "if other { it } let next = 1;",
        "{ it } let next = 1;",
        "for part in it { } let next = 1;",
        "while it.part() { other = 1; } other = 2",
        "if it.part && let Some(next) = other { }",
        "it == 1",
        "it != 1",
        "it <= 1 || it >= 1",
        "for next in it..=9 { }",
        "match other { 0..=it => 1, it => 2 }",
        "other[it] = 1",
        "other()?[it.part] = 1",
        "*other(it) = 1",
        "other(it).part = 1",
        "other::<Type>(it).part = 1",
        "*it = 1",
        "*it.part += 1",
        "(*it) = 1",
        "*(it) = 1",
        "let it = 1",
        "let (it, next) = other",
        "other.it = 1",
    ] {
        assert_eq!(assigned(body), (false, false), "{body}");
    }
}

#[test]
fn expressions_that_move_a_variable_are_told_from_those_that_borrow_it() {
    for body in [
        "it",
        "other(it)",
        "it.part",
        "it.method()",
        "&it.method()",
        "&it.part.method()",
        "other & it",
        "*it",
        "..it",
        "match it { _ => {} }",
        "&other; it",
        "&it?",
        "move || it.part()",
        "move || other(&it)",
        "spawn(async move { other(&it).await })",
        "move || print!(\"{it}\")",
    ] {
        assert!(may_move(&tokens(body), "it"), "{body}");
    }
    for body in [
        "&it",
        "&mut it",
        "other(&it)",
        "&it.part",
        "&mut it.0.part",
        "it[0]",
        "other.it",
        "\"{it}\"",
        "&it; other()",
        "let it = 1",
        "|| other(&it)",
        "let next = move || other; other(&it)",
    ] {
        assert!(!may_move(&tokens(body), "it"), "{body}");
    }
}

#[test]
fn names_in_format_strings() {
    for text in ["{it}", "{it:?}", "{:it$}", "{other:>it$}", "{{{it}}}"] {
        assert!(mentions(&tokens(&format!("{text:?}")), "it"), "{text}");
    }
    for text in ["it", "{item}", "{other_it}", "{{it}}", "{:unit$}"] {
        assert!(!mentions(&tokens(&format!("{text:?}")), "it"), "{text}");
    }
}

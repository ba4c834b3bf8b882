//! The macros as a whole, outside the compiler: no input causes a panic, and the function is always emitted.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::prelude::*;
use proptest::sample::select;

use crate::{expand_attribute as attribute, expand_breaker as breaker};

/// Valid arguments, to be joined by commas.
const ARGUMENTS: [&str; 23] = [
    "name = \"payments\"",
    "window = count(10)",
    "trip = min(10) & failure_rate(0.5)",
    "trip = \"failure_streak(5)\"",
    "track = all",
    "track = matches(Failure::Down | Failure::Status(500..) if deep)",
    "track = type_of(std::io::Error, Failure)",
    "track = custom(|error| error.is_down())",
    "track = returned(None)",
    "track = !ok(5) & all | returned(Err(_))",
    "track = \"all & !matches(Failure::Down)\"",
    "success = matches(NotFound)",
    "rejected = |refusal| Err(refusal.into())",
    "rejected = path::to::function",
    "fallback = async |error| Err(error)",
    "fallback = |error| Err(error)",
    "on_panic = ignore",
    "on_cancel = failure",
    "count_calls = true",
    "breaker = self.breaker",
    "breaker = PAYMENTS",
    "handle = PAYMENTS",
    "crate = vendored::fluxgate",
];

/// Items, including some that are not functions.
const ITEMS: [&str; 20] = [
    "fn call() -> Result<u8, Failure> { Ok(1) }",
    "pub(crate) fn call<'a, T: Copy>(&'a self, (a, b): (T, T)) -> Result<&'a T, Failure> where T: Send { #![allow(unused)] Ok(a) }",
    "async fn call(mut self, [a, ..]: [u8; 3], _b: u8) -> io::Result<()> { return Err(a); }",
    "unsafe extern \"C\" fn call(number: u8) -> u8 { number }",
    "fn call() -> impl Future<Output = Result<u8, impl Send>> + Send { ready(Ok(1)) }",
    "fn call() -> Pin<Box<dyn Future<Output = Result<u8, Failure>> + Send + 'static>> { Box::pin(ready(Ok(1))) }",
    "#[cfg(test)] /// Calls.\n fn r#match() {}",
    "fn unfinished() -> Result<u8, Failure> { let = ; ( }",
    "const fn call() -> u8 { 1 }",
    "#[track_caller] fn call() -> u8 { 1 }",
    "unsafe extern \"C\" fn call(first: u8, ...) -> u8 { 1 }",
    "fn call() -> u8;",
    "fn call(",
    "fn",
    "struct Client;",
    "impl Client { fn call() {} }",
    "pub trait Source {}",
    "",
    "{ }",
    "#[",
];

/// Removes, duplicates or replaces one tree, at any depth.
fn mutated(tokens: TokenStream, at: usize, with: usize) -> TokenStream {
    let mut trees: Vec<_> = tokens.into_iter().collect();
    if trees.is_empty() {
        return trees.into_iter().collect();
    }
    let place = at % trees.len();
    match (&trees[place], with % 4) {
        (TokenTree::Group(group), 0 | 1) => {
            let inside = mutated(group.stream(), at / trees.len(), with / 4);
            trees[place] = TokenTree::Group(Group::new(group.delimiter(), inside));
        }
        (_, 0) => drop(trees.remove(place)),
        (tree, 1) => trees.insert(place, tree.clone()),
        (tree, 2) => {
            let group = Group::new(Delimiter::None, tree.clone().into());
            trees[place] = TokenTree::Group(group);
        }
        _ => {
            let other = trees[with / 4 % trees.len()].clone();
            trees[place] = other;
        }
    }
    trees.into_iter().collect()
}

fn has_errors(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => word == "compile_error",
        TokenTree::Group(group) => has_errors(&group.stream()),
        _ => false,
    })
}

/// Removes what is there for editors: `let _ = ::path;`, or `#[allow(..)] const _: () = { .. };`.
fn without_references(tokens: TokenStream) -> TokenStream {
    let trees: Vec<_> = tokens.into_iter().collect();
    let text = |at: usize| trees.get(at).map(ToString::to_string).unwrap_or_default();
    let length = |at: usize| {
        let is_constant = text(at) == "#" && text(at + 1).contains("unexpected_cfgs");
        let is_statement = (text(at) == "let") && text(at + 1) == "_" && text(at + 3) == ":";
        let end = |at: usize| (at..trees.len()).find(|at| text(*at) == ";").map_or(0, |end| end + 1 - at);
        if is_constant || is_statement { end(at) } else { 0 }
    };
    let mut kept = TokenStream::new();
    let mut at = 0;
    while at < trees.len() {
        let length = length(at);
        if length > 0 {
            at += length;
            continue;
        }
        kept.extend(match &trees[at] {
            TokenTree::Group(group) => {
                let inside = without_references(group.stream());
                [TokenTree::Group(Group::new(group.delimiter(), inside))]
            }
            tree => [tree.clone()],
        });
        at += 1;
    }
    kept
}

fn parsed(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_use_of_the_attribute_panics(
        arguments in proptest::collection::vec(select(&ARGUMENTS[..]), 0..5),
        item in select(&ITEMS[..]),
        places in proptest::collection::vec((any::<bool>(), 0_usize..10_000, 0_usize..64), 0..4),
    ) {
        let (mut arguments, mut item) = (parsed(&arguments.join(", ")), parsed(item));
        for (in_arguments, at, with) in places {
            let tokens = if in_arguments { &mut arguments } else { &mut item };
            *tokens = mutated(tokens.clone(), at, with);
        }
        let expanded = attribute(arguments.clone(), item.clone());
        if has_errors(&expanded) && !has_errors(&item) {
            // The item is still there; what is added for editors is first in its braces.
            prop_assert!(without_references(expanded.clone()).to_string().contains(&item.to_string()), "{expanded}");
        }
        breaker(arguments);
    }

    #[test]
    fn no_tracker_in_a_string_panics(text in any::<String>()) {
        let literal = proc_macro2::Literal::string(&text);
        attribute(quote::quote!(track = #literal), parsed(ITEMS[0]));
    }
}

#[test]
fn valid_arguments_expand_to_a_function() {
    for item in &ITEMS[..7] {
        let expanded = attribute(parsed("trip = failure_streak(5), rejected = refuse"), parsed(item));
        let file: syn::File = syn::parse2(expanded).expect("items");
        assert!(matches!(&file.items[..], [syn::Item::Fn(_)]), "{item}");
    }
}

#[test]
fn a_tracker_means_the_same_in_a_string() {
    for tracker in
        ["all", "matches(A | B if c)", "!ok(5) | all & !type_of(E, F)", "custom(|e| e.is())", "returned(5)"]
    {
        let item = parsed("fn call() -> Result<u8, Failure> { Ok(1) }");
        let bare = attribute(parsed(&format!("track = {tracker}")), item.clone());
        let string = attribute(parsed(&format!("track = {tracker:?}")), item);
        assert!(!has_errors(&bare));
        // Only bare words refer to anything.
        let [bare, string] = [bare, string].map(|expanded| without_references(expanded).to_string());
        assert_eq!(bare, string);
    }
}

#[test]
fn long_trackers_are_accepted_and_deep_ones_refused() {
    let nested = |depth: usize| format!("{}all{}", "(".repeat(depth), ")".repeat(depth));
    for (tracker, is_right) in [
        ("!".repeat(10_000) + "all", true),
        (vec!["all"; 1_000].join(" & "), true),
        (vec!["ok(5)"; 1_000].join(" | "), true),
        (nested(50), true),
        (nested(10_000), false),
    ] {
        let expanded = attribute(parsed(&format!("track = {tracker:?}")), parsed(ITEMS[0]));
        assert_eq!(has_errors(&expanded), !is_right, "{tracker:.50}");
    }
}

/// A member that does not apply to errors changes nothing about those that do, wherever it stands.
#[test]
fn the_order_of_alternatives_does_not_matter() {
    let failures = |tracker: &str| {
        let expanded = attribute(parsed(&format!("track = {tracker}")), parsed(ITEMS[0])).to_string();
        assert!(!has_errors(&parsed(&expanded)), "{expanded}");
        let (_, of_error) = expanded.split_once("Err (__fluxgate_error) =>").expect("what happens to errors");
        of_error.split_once("ErrorType").expect("an end").0.contains("Outcome :: Failure")
    };
    assert!(failures("!(!all | ok(5))"));
    assert!(failures("!(ok(5) | !all)"));
    assert!(!failures("!all | ok(5)"));
    assert!(!failures("ok(5) | !all"));
}

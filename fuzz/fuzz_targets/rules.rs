//! For any string: the reader of rules does not panic, what it accepts prints and reads back as the same rule, and
//! if the string is also Rust tokens, the attribute reads the same rule from them.
#![no_main]

use fluxgate::trip::Rule;
use fluxgate_rules::lexer::lex;
use libfuzzer_sys::fuzz_target;
use proc_macro2::{Span, TokenStream};

// The macros' own source, since a program cannot link a macro crate.
#[allow(dead_code)]
#[path = "../../fluxgate-macros/src/input/errors.rs"]
mod errors;
#[allow(dead_code)]
#[path = "../../fluxgate-macros/src/input/source.rs"]
mod source;
#[allow(dead_code)]
#[path = "../../fluxgate-macros/src/input/tokens.rs"]
mod tokens;
mod input {
    pub(crate) use crate::{errors, tokens};
}

fuzz_target!(|text: &str| {
    match text.parse::<Rule>() {
        Ok(rule) => {
            let printed = rule.to_string();
            let again: Rule =
                printed.parse().unwrap_or_else(|error| panic!("{text:?} prints {printed:?}: {error}"));
            assert_eq!(again, rule, "{text:?} prints {printed:?}");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    agree(text);
});

/// A rule in a string and the same rule written bare have the same tokens.
fn agree(text: &str) {
    let Ok(bare) = text.parse::<TokenStream>() else { return };
    // The standard library has no table of the marks that may continue a Rust word; in a string, none does.
    let has_marks = text.contains(|character: char| !character.is_ascii() && !character.is_alphanumeric());
    // A lone string literal means the rule inside it. A comment is not a Rust token, and a mistake in a string.
    if has_marks || tokens::text(&bare).is_some() || text.contains("//") || text.contains("/*") {
        return;
    }
    let (lexed, bare) = (lex(text).tokens, source::Source::new(&bare, Span::call_site()));
    assert_eq!(lexed, bare.tokens, "{text:?}");
}

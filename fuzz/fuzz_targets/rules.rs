//! Whatever string comes in: the reader of rules does not panic, what it accepts prints and reads back as the same rule, and
//! where the string is tokens of Rust as well, the attribute reads the same rule from these.
#![no_main]

use fluxgate::trip::Rule;
use fluxgate_rules::lexer::lex;
use libfuzzer_sys::fuzz_target;
use proc_macro2::{Span, TokenStream};

// The macros' own code, which a program cannot link.
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

/// The rule in a string and the rule written bare are the same tokens.
fn agree(text: &str) {
    let Ok(bare) = text.parse::<TokenStream>() else { return };
    // The standard library does not say which marks continue a word of Rust's: in a string, none does.
    let has_marks = text.contains(|character: char| !character.is_ascii() && !character.is_alphanumeric());
    // A lone string literal is the rule that it holds. A comment is none of Rust's tokens; in a string, it is a mistake.
    if has_marks || tokens::text(&bare).is_some() || text.contains("//") || text.contains("/*") {
        return;
    }
    let (lexed, bare) = (lex(text).tokens, source::Source::new(&bare, Span::call_site()));
    assert_eq!(lexed, bare.tokens, "{text:?}");
}

//! Reading as a whole: no tokens cause a panic, messages are those of the catalogue, and a rule means the same in a string and bare.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use fluxgate_rules::lexer::lex;
use fluxgate_rules::token::TokenRange;
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use proptest::prelude::*;
use quote::quote;

use crate::input::arguments::Arguments;
use crate::input::errors::{CompileErrors, Correction};
use crate::input::names::Macro;
use crate::input::references::references;
use crate::input::source::Source;
use crate::model::breaker::BreakerValue;
use crate::model::outcome::Trackers;
use crate::model::reader;
use crate::model::request;
use crate::output::expand;

/// Words and signs, of arguments and others, from which random arguments are made.
const PIECES: [&str; 68] = [
    "name",
    "window",
    "trip",
    "track",
    "success",
    "ignore",
    "retry",
    "permit",
    "max_half_open_calls",
    "half_open_timeout",
    "rejected",
    "fallback",
    "on_panic",
    "on_cancel",
    "count_calls",
    "breaker",
    "handle",
    "crate",
    "windo",
    "timeout",
    "=",
    "=",
    "=",
    "=",
    "==",
    ",",
    ",",
    ",",
    ":",
    "::",
    "\"x\"",
    "\"min(10) & failure_rat(0.5)\"",
    "\"\"",
    "b\"x\"",
    "'x'",
    "'a",
    "min(10)",
    "failure_rate(0.5)",
    "&",
    "|",
    "&&",
    "!",
    "closed",
    "half_open",
    "count(100)",
    "count(SIZE)",
    "time(60s, buckets = 6)",
    "cooldown(60s)",
    "backoff(1s, max = LONG)",
    "all",
    "ramp_up(0.1, 1.0, 60s)",
    "custom(a::b)",
    "failure",
    "ignore",
    "10",
    "0.5",
    "60s",
    "50%",
    "|e| e",
    "async move |a, b| { a, b = c }",
    "(",
    ")",
    "{}",
    "[x]",
    "#",
    "-",
    ".",
    "..",
];

/// Reads tokens as both macros would.
fn errors(tokens: &TokenStream, of: Macro) -> CompileErrors {
    let mut errors = CompileErrors::default();
    let mut arguments = Arguments::parse(tokens.clone(), of, &mut errors);
    if of == Macro::CircuitBreaker {
        let _ = request::take(&mut arguments, &mut errors);
        arguments.report_settings_beside_breaker(&mut errors);
        let _ = Trackers::read(&arguments, &mut errors);
    }
    if let Some(settings) = reader::settings(&arguments, &mut errors) {
        let breaker = expand::breaker(&BreakerValue {
            fluxgate: arguments.fluxgate(),
            references: references(tokens),
            settings,
        });
        assert!(syn::parse2::<syn::Expr>(breaker).is_ok(), "{tokens}");
    } else {
        assert!(!errors.is_empty(), "{tokens}");
        assert!(syn::parse2::<syn::File>(errors.to_compile_errors()).is_ok(), "{tokens}");
    }
    errors
}

/// Makes each first correction until nothing is wrong or advice is in words only. No text may come twice.
fn advice_leads_on(text: &str) -> Result<(), TestCaseError> {
    // So many texts are not Rust that `prop_assume!` would give up.
    if text.parse::<TokenStream>().is_err() {
        return Ok(());
    }
    for of in [Macro::CircuitBreaker, Macro::Breaker] {
        let mut texts = vec![text.to_owned()];
        while let Some(text) = texts.last() {
            let Ok(tokens) = text.parse() else { panic!("the last of {texts:?} is not Rust") };
            let errors = errors(&tokens, of);
            let Some(next) = errors.first_correction().map(|it| corrected(text, it)) else { break };
            prop_assert!(!texts.contains(&next), "{texts:?} leads back to `{next}`");
            prop_assert!(texts.len() < 30, "{texts:?} leads nowhere");
            texts.push(next);
        }
    }
    Ok(())
}

/// Reads tokens as the arguments, and as the value of each.
fn read_everywhere(tokens: &TokenStream) {
    errors(tokens, Macro::CircuitBreaker);
    errors(tokens, Macro::Breaker);
    for name in ["trip", "window", "retry", "permit", "on_panic", "half_open_timeout", "name"] {
        let name = Ident::new(name, Span::call_site());
        errors(&quote!(#name = #tokens), Macro::CircuitBreaker);
    }
}

fn tree() -> impl Strategy<Value = TokenTree> {
    let literal = |text: &str| text.parse::<Literal>().expect("a literal");
    let leaf = prop_oneof![
        proptest::sample::select(&PIECES[..18])
            .prop_map(|word| TokenTree::Ident(Ident::new(word, Span::call_site()))),
        proptest::sample::select(vec![
            "min",
            "failure_rate",
            "closed",
            "count",
            "time",
            "s",
            "and",
            "r#type",
            "_"
        ])
        .prop_map(|word| syn::parse_str::<TokenTree>(word).expect("a word")),
        (
            proptest::sample::select(vec!['=', ',', '&', '|', '!', ':', '.', '%', '-', '<', '>', '#', '\'']),
            any::<bool>()
        )
            .prop_map(|(sign, joint)| {
                TokenTree::Punct(Punct::new(sign, if joint { Spacing::Joint } else { Spacing::Alone }))
            }),
        proptest::sample::select(vec![
            "10",
            "0.5",
            "60s",
            "1h30m",
            "0x10s",
            "1e9",
            "\"min(10)\"",
            "'x'",
            "b\"x\"",
            "-5"
        ])
        .prop_map(move |text| TokenTree::Literal(literal(text))),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let delimiter = proptest::sample::select(vec![
            Delimiter::Parenthesis,
            Delimiter::Bracket,
            Delimiter::Brace,
            Delimiter::None,
        ]);
        (delimiter, proptest::collection::vec(inner, 0..5)).prop_map(|(delimiter, trees)| {
            TokenTree::Group(Group::new(delimiter, trees.into_iter().collect()))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_token_trees_panic(trees in proptest::collection::vec(tree(), 0..12)) {
        read_everywhere(&trees.into_iter().collect());
    }

    #[test]
    fn no_sequence_of_words_and_signs_panics(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..16)) {
        if let Ok(tokens) = pieces.join(" ").parse() {
            read_everywhere(&tokens);
        }
    }

    #[test]
    fn advice_never_leads_in_a_circle(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..16)) {
        advice_leads_on(&pieces.join(" "))?;
    }

    #[test]
    fn advice_about_several_mistakes_never_leads_in_a_circle(
        lines in proptest::collection::vec(proptest::sample::select(catalogued_lines()), 2..4),
    ) {
        advice_leads_on(&lines.join(", "))?;
    }

    #[test]
    fn no_text_in_a_string_panics(text in any::<String>()) {
        let literal = Literal::string(&text);
        read_everywhere(&quote!(#literal));
    }

    #[test]
    fn a_string_and_bare_tokens_are_read_alike(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[28..]), 1..10),
        spaced in any::<bool>(),
    ) {
        let text = if spaced { pieces.join(" ") } else { pieces.concat() };
        // A single string literal stands for its content, and only Rust tokens can be written bare.
        prop_assume!(syn::parse_str::<syn::LitStr>(&text).is_err());
        // With these, `=` is another sign.
        prop_assume!(!text.starts_with(['=', '>']));
        let Ok(bare) = text.parse::<TokenStream>() else { return Ok(()) };
        prop_assert_eq!(&lex(&text).tokens, &Source::new(&bare, Span::call_site()).tokens);

        let literal = Literal::string(&text);
        let messages = |tokens| {
            let undrawn = |error: &syn::Error| {
                let message = error.to_string();
                message.lines().filter(|line| !line.starts_with("  | ")).collect::<Vec<_>>().join("\n")
            };
            errors(&tokens, Macro::CircuitBreaker).all().iter().map(undrawn).collect::<Vec<_>>()
        };
        // In a group, so that commas are not taken for those between arguments.
        let bare = Group::new(Delimiter::None, bare);
        prop_assert_eq!(messages(quote!(trip = #literal)), messages(quote!(trip = #bare)));
        prop_assert_eq!(messages(quote!(retry = #literal)), messages(quote!(retry = #bare)));
    }
}

#[test]
fn no_depth_of_groups_panics() {
    let mut tokens = quote!(min(10));
    for _ in 0..1_000 {
        tokens = quote!((#tokens));
    }
    read_everywhere(&tokens);
}

#[test]
fn an_expression_from_macro_rules_stays_grouped() {
    // `min($a * 2)` with `1 + N` for `$a` is `(1 + N) * 2`.
    let sum = Group::new(Delimiter::None, quote!(1 + N));
    let source = Source::new(&quote!(min(#sum * 2)), Span::call_site());
    let expression = source.expression(TokenRange::new(2, 7)).expect("an expression");
    let Ok(syn::Expr::Binary(product)) = syn::parse2(expression) else { panic!("a product") };
    assert!(matches!(product.op, syn::BinOp::Mul(_)));
}

/// The files of `messages/` have a block for each wrong line of arguments (after `!`, those of `breaker!`), with all messages about it
/// and their places, and what becomes of it when each first correction is made. With `FLUXGATE_BLESS` set, they are rewritten, for
/// review.
#[test]
fn messages_are_those_of_the_catalogue() {
    for (path, catalogue) in catalogues() {
        let blocks: Vec<_> = catalogue.split("\n\n").filter(|block| !block.trim().is_empty()).collect();
        let said: Vec<_> =
            blocks.iter().map(|block| said(block.lines().next().unwrap_or_default())).collect();
        if std::env::var_os("FLUXGATE_BLESS").is_some() {
            std::fs::write(&path, said.join("\n")).expect("the catalogue can be written");
            continue;
        }
        for (said, expected) in said.iter().zip(blocks) {
            assert_eq!(said.trim_end(), expected.trim_end());
        }
    }
}

fn catalogues() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/messages");
    let paths =
        std::fs::read_dir(folder).expect("the catalogues").map(|file| file.expect("a catalogue").path());
    paths.map(|path| (path.clone(), std::fs::read_to_string(path).expect("a catalogue"))).collect()
}

/// The wrong lines of all catalogues.
fn catalogued_lines() -> Vec<String> {
    let mut lines = Vec::new();
    for (_, catalogue) in catalogues() {
        let blocks = catalogue.split("\n\n").filter_map(|block| block.lines().next());
        lines.extend(blocks.map(|line| line.trim_start_matches("! ").to_owned()));
    }
    lines.sort_unstable();
    lines
}

fn said(line: &str) -> String {
    let (of, text) = match line.strip_prefix("! ") {
        Some(text) => (Macro::Breaker, text),
        None => (Macro::CircuitBreaker, line),
    };
    let found = |text: &str| errors(&text.parse().expect("tokens"), of);
    let mut block = format!("{line}\n");
    for error in found(text).all() {
        let (from, to) = (error.span().start().column, error.span().end().column);
        let indent = " ".repeat(from + line.chars().count() - text.chars().count());
        let message = error.to_string().replace('\n', "\n       ");
        let _ = writeln!(block, "{indent}{}\nerror: {message}", "^".repeat(to - from));
    }
    // What becomes of it when each first correction is made.
    let mut right = text.to_owned();
    for step in 0.. {
        assert!(step < 9, "{line}: the corrections lead nowhere, `{right}`");
        let errors = found(&right);
        if errors.is_empty() {
            let _ = writeln!(block, "right: {right}");
            break;
        }
        let Some(correction) = errors.first_correction() else { break };
        right = corrected(&right, correction);
    }
    block
}

/// The text of one line with a correction made.
fn corrected(text: &str, correction: &Correction) -> String {
    let (from, to) = (correction.span.0.start().column, correction.span.1.end().column);
    let letters: Vec<_> = text.chars().collect();
    let part = |range: std::ops::Range<usize>| letters[range].iter().collect::<String>();
    part(0..from) + &correction.replacement + &part(to..letters.len())
}

//! Composes a tracker from what other libraries use to recognize failures: types, lists of them, patterns, functions.

use crate::language::spelling::snake;
use crate::suggestion::places::TRACKERS;
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token, TokenRange, between_quotes, spell, spell_closure};

/// An enum that tells what kind an error is of, and is not an error itself.
pub struct KindOfError {
    /// Its name.
    pub name: &'static str,
    /// What the path of the error has in place of that name: `io::Error` for `io::ErrorKind`.
    pub error: &'static str,
    /// The method of the error that returns it.
    pub method: &'static str,
}

/// That of `io::Error`, and that of `tonic::Status`.
const KINDS: [KindOfError; 2] = [
    KindOfError { name: "ErrorKind", error: "Error", method: "kind" },
    KindOfError { name: "Code", error: "Status", method: "code" },
];

impl KindOfError {
    /// The one with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }
}

/// The tracker that a value was meant to be; `None` if it is not Rust.
pub fn tracker(value: &str) -> Option<String> {
    let tokens = lex(value).tokens;
    let first = tokens.first()?;
    let is_foreign = |pair: &[Token]| {
        pair[0].is("lambda")
            || (pair[0].is("function") || pair[0].is("func")) && (pair[1].is("(") || pair[1].is("{"))
    };
    if tokens.windows(2).any(is_foreign) {
        return None;
    }
    if first.shape == Shape::Literal {
        let inside = between_quotes(&first.text)?;
        return if tokens.len() == 1 && !inside.starts_with(['"', '\'']) { tracker(inside) } else { None };
    }
    if is_closure(&tokens) {
        let start = usize::from(first.is("move"));
        return Some(format!("custom({})", spell_closure(&tokens[start..])));
    }
    // An anonymous function of another language: `args => args.Outcome`.
    if tokens.windows(2).any(|pair| pair[0].is("=") && pair[1].is(">")) {
        return None;
    }
    let word = snake(&first.text);
    let is_call = tokens.get(1).is_some_and(|open| open.is("("));
    if first.is("!")
        || first.is("all")
        || first.is("server_errors")
        || is_call && (TRACKERS.contains(&word.as_str()) || word == "custom")
    {
        return Some(spell(&with_our_words(&tokens)));
    }
    let inside = match tokens.as_slice() {
        [open, inside @ .., _] if open.shape == Shape::Open && !inside.is_empty() => inside,
        tokens => tokens,
    };
    let brackets = Brackets::pair(inside).ok()?;
    let pieces = brackets.split(inside, TokenRange::new(0, inside.len()));
    let members: Vec<_> = pieces.iter().map(|piece| member(piece.of(inside))).collect::<Option<_>>()?;
    let texts = || members.iter().map(|member| member.text.as_str()).collect::<Vec<_>>();
    Some(if members.iter().all(|member| member.is_type) {
        format!("type_of({})", texts().join(", "))
    } else if let [TrackerMember { text, is_function: true, .. }] = members.as_slice() {
        format!("custom({text})")
    } else if let Some(method) = method(&members) {
        format!("custom(|error| matches!(error.{method}(), {}))", texts().join(" | "))
    } else {
        format!("matches({})", texts().join(" | "))
    })
}

pub(crate) fn is_closure(tokens: &[Token]) -> bool {
    matches!(tokens, [first, ..] if first.is("|"))
        || matches!(tokens, [first, second, ..] if first.is("move") && second.is("|"))
}

/// `TypeOf(A) | TypeOf(B)` -> `type_of(A) | type_of(B)`
fn with_our_words(tokens: &[Token]) -> Vec<Token> {
    let mut tokens = tokens.to_vec();
    for at in 1..tokens.len() {
        let word = snake(&tokens[at - 1].text);
        if tokens[at].is("(") && TRACKERS.contains(&word.as_str()) {
            tokens[at - 1].text = word;
        }
    }
    tokens
}

struct TrackerMember {
    text: String,
    is_type: bool,
    is_function: bool,
    /// What it is a variant of, if that is a kind of error.
    kind: Option<&'static KindOfError>,
}

/// The method of an error that returns each of these.
fn method(members: &[TrackerMember]) -> Option<&'static str> {
    let method = members.first()?.kind?.method;
    members.iter().all(|member| member.kind.is_some_and(|kind| kind.method == method)).then_some(method)
}

/// Reads `IOException.class`, `typeof(TimeoutException)`, `"java.io.IOException"`, `Error::Down`, `is_down`.
fn member(tokens: &[Token]) -> Option<TrackerMember> {
    let tokens = match tokens {
        [rest @ .., point, class] if point.is(".") && class.is("class") => rest,
        [rest @ .., one, two, class] if one.is(":") && two.is(":") && class.is("class") => rest,
        [word, open, rest @ .., _] if word.is("typeof") && open.is("(") => rest,
        tokens => tokens,
    };
    if let [literal] = tokens
        && literal.shape == Shape::Literal
    {
        let inside = between_quotes(&literal.text)?;
        let tokens = lex(inside).tokens;
        return if tokens.iter().any(|token| token.shape == Shape::Literal) { None } else { member(&tokens) };
    }
    // Drops Java packages, but no part of a range or a method call, which also have points.
    let is_dotted = tokens.iter().all(|token| token.shape == Shape::Word || token.is(".") || token.is(":"));
    let last_point = tokens.iter().rposition(|token| token.is(".")).filter(|_| is_dotted);
    let tokens = &tokens[last_point.map_or(0, |point| point + 1)..];
    let is_path =
        !tokens.is_empty() && tokens.iter().all(|token| token.shape == Shape::Word || token.is(":"));
    let words: Vec<_> =
        tokens.iter().filter(|token| token.shape == Shape::Word).map(|token| &token.text).collect();
    let last = words.last().map_or("", |last| last.as_str());
    let is_upper = |word: &str| word.starts_with(char::is_uppercase);
    let is_module = words.len() > 1 && !is_upper(words[words.len() - 2]);
    let is_named =
        ["Error", "Exception", "Timeout"].iter().any(|end| last.ends_with(end)) && words.len() == 1;
    Some(TrackerMember {
        text: spell(tokens),
        is_type: is_path && is_upper(last) && (is_module || is_named && last != "Timeout"),
        is_function: is_path && last.starts_with(char::is_lowercase),
        kind: match words.as_slice() {
            [.., kind, _] if is_path => KindOfError::named(kind),
            _ => None,
        },
    })
    .filter(|member| !member.text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::tracker;

    #[test]
    fn reads_what_other_libraries_take() {
        for (value, ours) in [
            ("[IoError]", Some("type_of(IoError)")),
            ("{IOException.class, TimeoutException.class}", Some("type_of(IOException, TimeoutException)")),
            ("\"java.io.IOException\"", Some("type_of(IOException)")),
            ("[400, 500..=599]", Some("matches(400 | 500..=599)")),
            ("[NotFound, BadRequest]", Some("matches(NotFound | BadRequest)")),
            ("ConnectionError", Some("type_of(ConnectionError)")),
            ("io::Error", Some("type_of(io::Error)")),
            ("Error::Down", Some("matches(Error::Down)")),
            (
                "io::ErrorKind::TimedOut",
                Some("custom(|error| matches!(error.kind(), io::ErrorKind::TimedOut))"),
            ),
            (
                "[ErrorKind::TimedOut, ErrorKind::NotConnected]",
                Some("custom(|error| matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::NotConnected))"),
            ),
            ("Code::NotFound", Some("custom(|error| matches!(error.code(), Code::NotFound))")),
            (
                "[tonic::Code::Internal, tonic::Code::Unavailable]",
                Some(
                    "custom(|error| matches!(error.code(), tonic::Code::Internal | tonic::Code::Unavailable))",
                ),
            ),
            ("[Code::Internal, ErrorKind::TimedOut]", Some("matches(Code::Internal | ErrorKind::TimedOut)")),
            ("|e| e.is_down()", Some("custom(|e| e.is_down())")),
            ("is_down", Some("custom(is_down)")),
            ("errors::is_down", Some("custom(errors::is_down)")),
            ("matches(Down)", Some("matches(Down)")),
            ("TypeOf(ConnectionError)", Some("type_of(ConnectionError)")),
            ("TypeOf(A) | TypeOf(B)", Some("type_of(A) | type_of(B)")),
            ("!matches(NotFound)", Some("!matches(NotFound)")),
            ("lambda e: e.status < 500", None),
            ("args => args.Outcome.Exception is IOException", None),
            (
                "|e| match e { Down => true, _ => false }",
                Some("custom(|e| match e { Down => true, _ => false })"),
            ),
        ] {
            assert_eq!(tracker(value).as_deref(), ours, "{value}");
        }
    }
}

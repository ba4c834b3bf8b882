//! An argument's tokens or string -> the tokens of the rule language; and back: a place among those -> the span or caret line of
//! an error, or the Rust expression at that place.

use std::ops::Range;

use fluxgate_rules::Problem;
use fluxgate_rules::lexer;
#[cfg(test)]
use fluxgate_rules::problem::Suggestion;
use fluxgate_rules::token::{Shape, Token, TokenRange, spell, spell_closure};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens as _;

#[cfg(test)]
use crate::input::errors::Correction;
use crate::input::errors::{self, CompileErrors};
use crate::input::tokens::{MAX_DEPTH, RENAME, hides, name_of_ours, respan, span_of, text, ungrouped};

/// The source text of an argument.
pub(crate) struct Source {
    pub(crate) tokens: Vec<Token>,
    notation: Notation,
    /// The span of the argument.
    span: (Span, Span),
}

/// How an argument is written.
enum Notation {
    /// As tokens.
    Bare { stream: TokenStream, spans: Vec<Span> },
    /// In a string.
    Text { text: String, bytes: Vec<Range<usize>> },
}

impl Source {
    /// Reads the value of an argument. Errors underline `name` if there is no value.
    pub(crate) fn new(value: &TokenStream, name: Span) -> Self {
        let span = span_of(value).unwrap_or((name, name));
        if let Some(text) = text(value) {
            let lexed = lexer::lex(&text);
            let span = span_of(&ungrouped(value.clone())).unwrap_or(span);
            return Self {
                tokens: lexed.tokens,
                notation: Notation::Text { text, bytes: lexed.bytes },
                span,
            };
        }
        Self::bare(value, span)
    }

    /// The tokens of an attribute, where a string is one token.
    pub(crate) fn attribute(tokens: &TokenStream) -> Self {
        let span = span_of(tokens).unwrap_or((Span::call_site(), Span::call_site()));
        Self::bare(tokens, span)
    }

    fn bare(stream: &TokenStream, span: (Span, Span)) -> Self {
        let (mut tokens, mut spans) = (Vec::new(), Vec::new());
        flatten(stream.clone(), 0, &mut |token, span| {
            tokens.push(token);
            spans.push(span);
        });
        Self { tokens, notation: Notation::Bare { stream: stream.clone(), spans }, span }
    }

    /// The first and last span of a place; in a string, those of the whole literal.
    pub(crate) fn span(&self, place: TokenRange) -> (Span, Span) {
        match &self.notation {
            Notation::Text { .. } => self.span,
            Notation::Bare { spans, .. } => {
                let last = place.end.max(1) - 1;
                let first = place.start.min(last);
                match (spans.get(first), spans.get(last)) {
                    (Some(first), Some(last)) => (*first, *last),
                    _ => self.span,
                }
            }
        }
    }

    /// The span of the whole value.
    pub(crate) fn whole(&self) -> (Span, Span) {
        self.span
    }

    /// The error about a problem, underlined where it is.
    pub(crate) fn error(&self, problem: &Problem) -> syn::Error {
        errors::error(self.span(problem.place), self.message(problem))
    }

    /// Reports a problem where it is.
    pub(crate) fn report(&self, problem: &Problem, errors: &mut CompileErrors) {
        errors.push(self.error(problem));
        #[cfg(test)]
        if let Some(correction) = self.correction(problem) {
            errors.push_correction(correction);
        }
    }

    /// The change of the source text that fixes a problem.
    #[cfg(test)]
    fn correction(&self, problem: &Problem) -> Option<Correction> {
        let Suggestion { range, replacement, .. } = problem.suggestion()?;
        Some(match &self.notation {
            Notation::Text { text, bytes } => {
                let corrected = problem.corrected(text, bytes)?;
                Correction { span: self.span, replacement: format!("{corrected:?}") }
            }
            // What is added between two tokens replaces the one before.
            Notation::Bare { .. } if range.is_empty() && range.start > 0 => {
                let before = TokenRange::at(range.start - 1);
                let replacement = format!("{}{replacement}", self.tokens[before.start].text);
                Correction { span: self.span(before), replacement }
            }
            Notation::Bare { .. } => Correction { span: self.span(*range), replacement: replacement.clone() },
        })
    }

    /// The tokens at a place.
    pub(crate) fn stream(&self, place: TokenRange) -> TokenStream {
        match &self.notation {
            Notation::Bare { stream, .. } => extract(stream.clone(), place, 0, &mut 0),
            Notation::Text { .. } => TokenStream::new(),
        }
    }

    /// The message about a problem, with the place drawn if no span can show it.
    pub(crate) fn message(&self, problem: &Problem) -> String {
        match &self.notation {
            Notation::Text { text, bytes } => problem.draw(text, bytes),
            Notation::Bare { .. } => problem.to_string(),
        }
    }

    /// The Rust expression at a place.
    pub(crate) fn expression(&self, place: TokenRange) -> syn::Result<TokenStream> {
        let tokens = match &self.notation {
            Notation::Bare { stream, .. } => extract(stream.clone(), place, 0, &mut 0),
            Notation::Text { text, bytes } => {
                let piece = match (bytes.get(place.start), bytes.get(place.end.max(1) - 1)) {
                    (Some(first), Some(last)) => &text[first.start..last.end],
                    _ => "",
                };
                let wrong = |_| self.error(&not_an_expression(place, piece));
                respan(piece.parse().map_err(wrong)?, self.span.0)
            }
        };
        if let Some(name) = name_of_ours(tokens.clone()) {
            return Err(self.error(&Problem::new(place, hides(&name)).help(RENAME)));
        }
        if let Ok(expression) = syn::parse2::<syn::Expr>(tokens) {
            return Ok(expression.into_token_stream());
        }
        let piece = spell(place.of(&self.tokens));
        Err(self.error(&not_an_expression(place, &piece)))
    }
}

fn not_an_expression(place: TokenRange, text: &str) -> Problem {
    let problem = Problem::new(place, format!("`{text}` is not a Rust expression"));
    problem.help("write a value, or the path of a constant or function")
}

/// Tokens as people would write them.
pub(crate) fn spelled(tokens: &TokenStream) -> String {
    if text(tokens).is_some() {
        return tokens.to_string();
    }
    let tokens = Source::new(tokens, Span::call_site()).tokens;
    if tokens.first().is_some_and(|first| first.is("|")) { spell_closure(&tokens) } else { spell(&tokens) }
}

fn flatten(stream: TokenStream, depth: usize, push: &mut impl FnMut(Token, Span)) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) if depth == MAX_DEPTH => {
                push(Token::new(Shape::Literal, "(..)"), group.span());
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => {
                        flatten(group.stream(), depth + 1, push);
                        continue;
                    }
                };
                push(Token::new(Shape::Open, open), group.span_open());
                flatten(group.stream(), depth + 1, push);
                push(Token::new(Shape::Close, close), group.span_close());
            }
            TokenTree::Ident(word) => push(Token::new(Shape::Word, word.to_string()), word.span()),
            TokenTree::Punct(sign) => push(Token::new(Shape::Punctuation, sign.as_char()), sign.span()),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let shape = if text.starts_with(|c: char| c.is_ascii_digit()) {
                    Shape::Number
                } else {
                    Shape::Literal
                };
                push(Token::new(shape, text), literal.span());
            }
        }
    }
}

/// The trees whose tokens, counted as [`flatten`] counts them, are at `place`. An invisible group is kept if all of it is at `place`,
/// since it may hold `$a * 2` together.
fn extract(stream: TokenStream, place: TokenRange, depth: usize, at: &mut usize) -> TokenStream {
    let mut found = TokenStream::new();
    for tree in stream {
        let start = *at;
        let is_in = |index: usize| place.start <= index && index < place.end;
        match tree {
            TokenTree::Group(group) if depth < MAX_DEPTH => {
                let visible = usize::from(group.delimiter() != Delimiter::None);
                *at += visible;
                let inside = extract(group.stream(), place, depth + 1, at);
                *at += visible;
                let all = *at > start && is_in(start) && is_in(*at - 1);
                found.extend(if all { TokenStream::from(TokenTree::Group(group)) } else { inside });
            }
            tree => {
                *at += 1;
                if is_in(start) {
                    found.extend([tree]);
                }
            }
        }
    }
    found
}

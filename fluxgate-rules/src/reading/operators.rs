//! The operators that join conditions, in any spelling.

use crate::reading::cursor::Cursor;
use crate::text::token::{Shape, Token, TokenRange};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    And,
    Or,
}

impl Operator {
    /// Our spelling.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::And => "&",
            Self::Or => "|",
        }
    }

    /// The replacement for a token, which may follow the previous text without a space.
    pub(crate) fn in_place_of(self, token: &Token) -> String {
        let is_close = [",", ";", ":", "."].iter().any(|sign| token.is(sign));
        format!("{}{}", if is_close { " " } else { "" }, self.sign())
    }
}

/// The operator that a token stands for, even in another spelling.
pub(crate) fn operator(token: &Token) -> Option<Operator> {
    match token.text.to_lowercase().as_str() {
        "&" | "and" | "," | ";" => Some(Operator::And),
        "|" | "or" => Some(Operator::Or),
        _ => None,
    }
}

/// The operator that a word stands for if used as a function name.
pub(crate) fn function(word: &Token) -> Option<Operator> {
    match word.text.to_lowercase().as_str() {
        "any" | "any_of" | "or" => Some(Operator::Or),
        "all" | "all_of" | "and" => Some(Operator::And),
        _ => None,
    }
}

/// A range in which conditions are joined by `&` and `|` alone: `any(a, b)` and `or(a, b)` become `(a | b)`.
pub(crate) fn joined(cursor: &Cursor<'_>, range: TokenRange) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let first = &cursor.tokens[at];
        let is_call = at + 1 < range.end && first.shape == Shape::Word && cursor.tokens[at + 1].is("(");
        let inside = if is_call { cursor.inside(at + 1) } else { TokenRange::new(at, at) };
        if let Some(operator) = function(first).filter(|_| !inside.is_empty()) {
            tokens.push(Token::new(Shape::Open, "("));
            for (nth, member) in cursor.pieces(inside).into_iter().enumerate() {
                tokens.extend((nth > 0).then(|| Token::new(Shape::Punctuation, operator.sign())));
                tokens.extend(joined(cursor, member));
            }
            tokens.push(Token::new(Shape::Close, ")"));
            at = inside.end + 1;
        } else {
            // The arguments of a condition are not conditions.
            let end = if is_call { inside.end + 1 } else { at + 1 };
            tokens.extend_from_slice(&cursor.tokens[at..end]);
            at = end;
        }
    }
    tokens
}

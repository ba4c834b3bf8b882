//! The operators that join conditions, in any spelling.

use crate::reading::cursor::Cursor;
use crate::text::token::{Token, TokenRange};

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

/// `any(a, b)` and `or(a, b)` in our spelling. Anything else stays as it is.
pub(crate) fn joined(cursor: &Cursor<'_>, range: TokenRange) -> String {
    let [word, open, ..] = range.of(cursor.tokens) else { return cursor.spell(range) };
    let Some(operator) = function(word).filter(|_| open.is("(")) else { return cursor.spell(range) };
    let inside = cursor.inside(range.start + 1);
    if inside.end != range.end - 1 || inside.is_empty() {
        return cursor.spell(range);
    }
    let members: Vec<_> = cursor.pieces(inside).into_iter().map(|member| joined(cursor, member)).collect();
    format!("({})", members.join(&format!(" {} ", operator.sign())))
}

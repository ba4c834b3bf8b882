//! What joins conditions, in any spelling.

use crate::reading::cursor::Cursor;
use crate::text::token::{Token, TokenRange};

/// What joins conditions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    And,
    Or,
}

impl Operator {
    /// As we write it.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::And => "&",
            Self::Or => "|",
        }
    }

    /// To replace a token, which may follow the text before it without a space.
    pub(crate) fn in_place_of(self, token: &Token) -> String {
        let is_close = [",", ";", ":", "."].iter().any(|sign| token.is(sign));
        format!("{}{}", if is_close { " " } else { "" }, self.sign())
    }
}

/// The operator that a token stands for, even if it is not how we write it.
pub(crate) fn operator(token: &Token) -> Option<Operator> {
    match token.text.to_lowercase().as_str() {
        "&" | "and" | "," | ";" => Some(Operator::And),
        "|" | "or" => Some(Operator::Or),
        _ => None,
    }
}

/// The operator that a word stands for, if it is used as the name of a function.
pub(crate) fn function(word: &Token) -> Option<Operator> {
    match word.text.to_lowercase().as_str() {
        "any" | "any_of" | "or" => Some(Operator::Or),
        "all" | "all_of" | "and" => Some(Operator::And),
        _ => None,
    }
}

/// `any(a, b)` and `or(a, b)` as we would write them. Anything else stays as it is.
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

//! A threshold given along with the window that it applies to.

use crate::language::foreign::{Part, Unit};
use crate::language::number::same_unit;
use crate::language::syntax::Value;
use crate::language::vocabulary::TIMEOUT;
use crate::model::duration::Spelled;
use crate::reading::attribute::parts::{GivenPart, read_or_right};
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::token::{Token, TokenRange, spell};

/// The parts of a threshold with its window, as in Failsafe: `3, 5` is 3 of 5 calls, `3, 60s` is 3 within 60 s, and
/// `3, 5, 60s` is 3 of at least 5 within 60 s. `None` if it stands alone.
pub(crate) fn threshold_of_window(
    part: Part,
    unit: Unit,
    value: &str,
) -> Option<Vec<(&'static str, GivenPart)>> {
    let Part::Argument(word @ ("failures" | "failure_streak" | "failure_rate"), 0) = part else {
        return None;
    };
    let is_rate = word == "failure_rate";
    let pieces = pieces(value)?;
    let [threshold, others @ ..] = pieces.as_slice() else { return None };
    let is_count = |piece: &&String| piece.parse().is_ok_and(|count: u32| count > 0);
    let count = others.iter().find(is_count);
    let time = others.iter().filter(|piece| !is_count(piece)).find_map(|piece| time(piece));
    let given = usize::from(count.is_some()) + usize::from(time.is_some());
    if others.is_empty() || others.len() != given || !is_rate && !is_count(&threshold) {
        return None;
    }
    let other = |word, value: &str| GivenPart {
        part: Part::Argument(word, 0),
        unit: Unit::Plain,
        value: value.to_owned(),
    };
    let word = if is_rate { word } else { "failures" };
    let mut parts = vec![("trip", GivenPart { unit, ..other(word, threshold) })];
    if let Some(count) = count {
        let is_least = is_rate || time.is_some();
        parts.push(if is_least { ("trip", other("min", count)) } else { ("window", other("count", count)) });
    }
    parts.extend(time.map(|time| ("window", other("time", &time))));
    Some(parts)
}

/// The values in `3, 5`, `(3, 5)`, `3 of 5` or `"3 in 60s"`.
fn pieces(value: &str) -> Option<Vec<String>> {
    let tokens = lex(value.trim_matches('"')).tokens;
    let tokens = match tokens.as_slice() {
        [open, inside @ .., _] if open.is("(") => inside,
        tokens => tokens,
    };
    let is_sign = |token: &Token| [",", "of", "in", "within", "per"].iter().any(|sign| token.is(sign));
    let pieces = Brackets::pair(tokens).ok()?.split_at(TokenRange::whole(tokens), |at| is_sign(&tokens[at]));
    Some(pieces.iter().map(|piece| spell(piece.of(tokens))).collect())
}

/// A duration in any notation; `minute`, as in `5 per minute`, is one.
fn time(text: &str) -> Option<String> {
    let text = if same_unit(text).is_some() { format!("1 {text}") } else { text.to_owned() };
    match read_or_right(&text, &TIMEOUT)? {
        Value::Duration(duration) => Some(Spelled(duration).to_string()),
        _ => None,
    }
}

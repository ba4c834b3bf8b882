//! A threshold given along with the window that it applies to, or with how long an open breaker waits.

use crate::language::foreign::{Part, Unit, exact};
use crate::language::number::same_unit;
use crate::language::spelling::snake;
use crate::language::syntax::Value;
use crate::language::value::names_duration;
use crate::language::vocabulary::{RETRY, TIMEOUT};
use crate::model::duration::Spelled;
use crate::suggestion::parts::{GivenPart, read_or_right};
use crate::suggestion::places::setting_of_value;
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::token::{Token, TokenRange, spell, unquoted};

/// The parts of a threshold with its window, as in Failsafe: `3, 5` is 3 of 5 calls, `3, 60s` is 3 within 60 s, and
/// `3, 5, 60s` is 3 of at least 5 within 60 s. `None` if it stands alone.
pub(crate) fn threshold_of_window(
    part: Part,
    unit: Unit,
    value: &str,
) -> Option<Vec<(&'static str, GivenPart)>> {
    let (word, value) = match part {
        Part::Argument(word, 0) => (word, value.to_owned()),
        Part::Whole => policy(value)?,
        _ => return None,
    };
    if !["failures", "failure_streak", "failure_rate", "success_rate"].contains(&word) {
        return None;
    }
    let is_rate = word.ends_with("rate");
    let mut pieces = pieces(&value)?;
    let retry = pieces.last().and_then(|last| retry(last));
    pieces.truncate(pieces.len() - usize::from(retry.is_some()));
    let [threshold, others @ ..] = pieces.as_slice() else { return None };
    let is_count = |piece: &&String| piece.parse().is_ok_and(|count: u32| count > 0);
    let count = others.iter().find(is_count);
    let time = others.iter().filter(|piece| !is_count(piece)).find_map(|piece| time(piece));
    let given = usize::from(count.is_some()) + usize::from(time.is_some());
    let is_alone = others.is_empty() && retry.is_none();
    // Only in a policy may a threshold stand alone.
    if is_alone && part != Part::Whole || others.len() != given || !is_rate && !is_count(&threshold) {
        return None;
    }
    let other = |word, value: &str| GivenPart {
        part: Part::Argument(word, 0),
        unit: Unit::Plain,
        value: value.to_owned(),
    };
    let word = if is_rate || others.is_empty() { word } else { "failures" };
    let mut parts = vec![("trip", GivenPart { unit, ..other(word, threshold) })];
    if let Some(count) = count {
        let is_least = is_rate || time.is_some();
        parts.push(if is_least { ("trip", other("min", count)) } else { ("window", other("count", count)) });
    }
    let whole = |value| GivenPart { part: Part::Whole, unit: Unit::Plain, value };
    parts.extend(time.map(|time| ("window", whole(format!("time({time})")))));
    parts.extend(retry.map(|retry| ("retry", whole(retry))));
    Some(parts)
}

/// The threshold of a failsafe policy, `consecutive_failures(3, exponential(10s, 60s))`: its word, and the values.
fn policy(value: &str) -> Option<(&'static str, String)> {
    let tokens = lex(value).tokens;
    let open = tokens.iter().position(|token| token.is("("))?;
    let [inside @ .., _] = &tokens[open + 1..] else { return None };
    let is_whole = Brackets::pair(&tokens).is_ok_and(|brackets| brackets.close(open) + 1 == tokens.len());
    let senses = exact(&snake(&tokens[..open].last()?.text));
    let sense =
        senses.iter().find(|sense| is_whole && sense.libraries.split(", ").any(|its| its == "failsafe"))?;
    match sense.part {
        Part::Argument(word, 0) => Some((word, spell(inside))),
        _ => None,
    }
}

/// The retry that a value is, without the path before its name: `backoff::exponential(10s, 60s)`.
fn retry(value: &str) -> Option<String> {
    let tokens = lex(value).tokens;
    let open = tokens.iter().position(|token| token.is("(")).unwrap_or(tokens.len());
    let name = open.checked_sub(1)?;
    (setting_of_value(&tokens[name].text) == Some(RETRY.setting)).then(|| spell(&tokens[name..]))
}

/// The values in `3, 5`, `(3, 5)`, `3 of 5` or `"3 in 60s"`.
fn pieces(value: &str) -> Option<Vec<String>> {
    let tokens = lex(unquoted(value)).tokens;
    let tokens = match tokens.as_slice() {
        [open, inside @ .., _] if open.is("(") => inside,
        tokens => tokens,
    };
    let is_sign = |token: &Token| [",", "of", "in", "within", "per"].iter().any(|sign| token.is(sign));
    let pieces = Brackets::pair(tokens).ok()?.split_at(TokenRange::whole(tokens), |at| is_sign(&tokens[at]));
    Some(pieces.iter().map(|piece| spell(piece.of(tokens))).collect())
}

/// A duration in any notation; `minute`, as in `5 per minute`, is one minute.
fn time(text: &str) -> Option<String> {
    let text = if same_unit(text).is_some() { format!("1 {text}") } else { text.to_owned() };
    match read_or_right(&text, &TIMEOUT)? {
        Value::Duration(duration) => Some(Spelled(duration).to_string()),
        Value::Rust if names_duration(&lex(&text).tokens) => Some(text),
        _ => None,
    }
}

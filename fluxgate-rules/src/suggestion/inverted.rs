//! Conditions of other libraries whose values must be inverted: a percentile becomes a rate of slow calls, and a
//! success rate a failure rate.

use crate::language::foreign::{Part, exact};
use crate::language::notation::rest_of;
use crate::language::spelling::snake;
use crate::language::value;
use crate::language::vocabulary::{Kind, Parameter, Vocabulary};
use crate::model::ratio::Ratio;
use crate::suggestion::filled::Filled;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange};

/// A condition whose value must be inverted: a percentile, or a success rate. Without a value to invert, it is an
/// example.
pub(crate) fn inverted(vocabulary: &'static Vocabulary, word: &str, values: &[String]) -> Option<Filled> {
    if !vocabulary.is_joined() {
        return None;
    }
    let share_given = || values.iter().find_map(|value| rest_of(value));
    if is_success_rate(word) {
        let share = share_given();
        let text = format!("failure_rate({})", share.unwrap_or(Ratio::new(0.5)));
        return Some(Filled::new(text, share.is_none()));
    }
    let word = snake(word);
    // `p99_latency` and `latency_p99` are also percentiles.
    let word = word.strip_suffix("_latency").or_else(|| word.strip_prefix("latency_")).unwrap_or(&word);
    let percentile = word.strip_prefix('p').filter(|digits| digits.len() > 1);
    let share = match word {
        "percentile" | "quantile" => share_given(),
        "median" => Some(Ratio::new(0.5)),
        _ => Some(rest_of(&format!("0.{}", percentile?))?),
    };
    let threshold = values.iter().find(|value| is_duration(value));
    let text = format!(
        "slow_rate({}, {})",
        share.unwrap_or(Ratio::new(0.01)),
        threshold.map_or("2s", String::as_str)
    );
    Some(Filled::new(text, share.is_none() || threshold.is_none()))
}

/// Whether a word is a success rate, so that a low value is bad.
pub(crate) fn is_success_rate(word: &str) -> bool {
    exact(&snake(word)).iter().any(|sense| sense.part == Part::Argument("success_rate", 0))
}

/// Whether a word of plain English speaks of calls that go well.
pub(crate) fn speaks_of_success(word: &str) -> bool {
    let word = word.to_lowercase();
    ["succe", "healthy", "availab", "uptime"].iter().any(|start| word.starts_with(start))
        || is_success_rate(&word)
}

/// The words that mean `>` between a figure and a value.
pub(crate) const ABOVE: [&str; 6] = ["above", "over", "beyond", "exceed", "exceeds", "exceeding"];

/// The words that mean `<`.
pub(crate) const BELOW: [&str; 2] = ["below", "under"];

/// Whether words and signs before a value ask for less, or for any other value: a condition asks for the value or more.
pub(crate) fn is_turned(tokens: &[Token]) -> bool {
    const TURNED: [&str; 13] = [
        "<", "≤", "!", "not", "no", "without", "less", "fewer", "lower", "most", "faster", "shorter",
        "quicker",
    ];
    tokens.iter().any(|token| TURNED.iter().chain(&BELOW).any(|word| token.is(word)))
}

/// The number that these tokens ask to exceed: `> 5`, `more than 5`. The condition needs the next number.
pub(crate) fn exceeded(tokens: &[Token]) -> Option<u32> {
    const MORE: [&str; 3] = [">", "more", "greater"];
    const EQUAL: [&str; 5] = ["=", "≥", "equal", "equals", "least"];
    let [before @ .., number] = tokens else { return None };
    let has = |words: &[&str]| before.iter().any(|token| words.iter().any(|word| token.is(word)));
    let is_plain = |token: &Token| matches!(token.shape, Shape::Word | Shape::Punctuation);
    let is_more = (has(&MORE) || has(&ABOVE)) && !has(&EQUAL) && before.iter().all(is_plain);
    number.text.parse().ok().filter(|_| is_more)
}

/// The problem of a condition that holds while all is well.
pub(crate) fn other_way_round(place: TokenRange, written: &str, opposite: &str) -> Problem {
    let what = format!("a rule says when to trip, and `{written}` is the other way round");
    Problem::new(place, what).help(format!("to trip on the opposite, write `{opposite}`"))
}

fn is_duration(value: &str) -> bool {
    let parameter = Parameter { name: "threshold", kind: Kind::Duration, example: "2s" };
    value::read_text(value, "threshold", &parameter).is_ok()
}

//! Conditions of other libraries whose values have to be inverted: a percentile is a rate of slow calls, and a share of successes
//! leaves one of failures.

use crate::language::foreign::{Part, exact};
use crate::language::spelling::snake;
use crate::language::value;
use crate::language::vocabulary::{Kind, Parameter, Vocabulary};
use crate::model::ratio::Ratio;
use crate::text::lexer::lex;
use crate::text::token::TokenRange;

/// A condition whose value must be inverted: a percentile, or a share of successes.
pub(crate) fn inverted(vocabulary: &'static Vocabulary, word: &str, values: &[String]) -> Option<String> {
    if !vocabulary.is_joined() {
        return None;
    }
    if is_success_rate(word) {
        let share = values.iter().find_map(|value| rest_of(value)).unwrap_or(Ratio::new(0.5));
        return Some(format!("failure_rate({share})"));
    }
    let word = snake(word);
    let percentile = word.strip_prefix('p').filter(|digits| digits.len() > 1);
    let share = match word.as_str() {
        "percentile" | "latency_percentile" | "quantile" => values.iter().find_map(|value| rest_of(value)),
        _ => Some(rest_of(&format!("0.{}", percentile?))?),
    };
    let threshold = values.iter().find(|value| is_duration(value)).map_or("2s", String::as_str);
    Some(format!("slow_rate({}, {threshold})", share.unwrap_or(Ratio::new(0.01))))
}

/// Whether a word is a share of successes, of which few are bad.
pub(crate) fn is_success_rate(word: &str) -> bool {
    exact(&snake(word)).iter().any(|sense| sense.part == Part::Argument("success_rate", 0))
}

/// One minus the share: `0.1` for `0.9`, for `90%` and for `90`.
fn rest_of(value: &str) -> Option<Ratio> {
    let (digits, is_percent) = match value.strip_suffix('%') {
        Some(digits) => (digits, true),
        None => (value, false),
    };
    let share: f64 = digits.parse().ok()?;
    let rest = Ratio::new(1.0 - if is_percent || share > 1.0 { share / 100.0 } else { share });
    rest.is_valid().then_some(rest)
}

fn is_duration(value: &str) -> bool {
    let tokens = lex(value).tokens;
    let parameter = Parameter { name: "threshold", kind: Kind::Duration, example: "2s" };
    value::read(&tokens, TokenRange::new(0, tokens.len()), "threshold", &parameter).is_ok()
}

//! Closures over metrics that say no more than conditions do.

use crate::language::vocabulary::TRIP;
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token};

/// The comparisons that a closure consists of, without its parameter: `consecutive_failures > 5` for `|counts|
/// counts.consecutive_failures > 5`. `None` for any other code, or if they only count calls, which no rule may
/// do.
pub(crate) fn comparisons(closure: &[Token]) -> Option<String> {
    let [bar, parameter, rest @ ..] = closure else { return None };
    let end = rest.iter().position(|token| token.is("|")).filter(|_| bar.is("|"))?;
    let mut left = &rest[end + 1..];
    let (mut text, mut judges) = (String::new(), false);
    loop {
        let [receiver, point, word, after @ ..] = left else { return None };
        if receiver.text != parameter.text || !point.is(".") || word.shape != Shape::Word {
            return None;
        }
        let after = match after {
            [open, close, after @ ..] if open.is("(") && close.is(")") => after,
            after => after,
        };
        let [sign, after @ ..] = after else { return None };
        let is_or_equal = after.first().is_some_and(|next| next.is("="));
        let [number, after @ ..] = &after[usize::from(is_or_equal)..] else { return None };
        if !sign.is(">") || number.shape != Shape::Number {
            return None;
        }
        judges |= !TRIP.foreign(&word.text).any(|ours| ours == "min");
        let equal = if is_or_equal { "=" } else { "" };
        text = format!("{text}{} >{equal} {}", word.text, number.text);
        match after {
            [] => return judges.then_some(text),
            [one, two, after @ ..] if one.text == two.text && (one.is("&") || one.is("|")) => {
                text = format!("{text} {} ", one.text);
                left = after;
            }
            _ => return None,
        }
    }
}

/// The same, of a closure as text.
pub(crate) fn comparisons_of(closure: &str) -> Option<String> {
    comparisons(&lex(closure).tokens)
}

#[cfg(test)]
mod tests {
    use super::comparisons_of;

    #[test]
    fn only_comparisons_of_the_parameter_are_taken() {
        for (closure, text) in [
            ("|counts| counts.consecutive_failures > 5", Some("consecutive_failures > 5")),
            ("|m| m.failure_rate() >= 0.5 && m.total() > 10", Some("failure_rate >= 0.5 & total > 10")),
            ("|m: &Metrics| m.failures() > 5 || m.total() >= 9", Some("failures > 5 | total >= 9")),
            ("|m| m.total() > 10", None),
            ("|m| m.failures() < 5", None),
            ("|m| other.total() > 5", None),
            ("|m| m.failure_rate().unwrap_or(0.0) > 0.5", None),
            ("|m| m.total() > limit()", None),
            ("|m| m.total() > 5 + 1", None),
            ("|m| tripped(m)", None),
            ("|m|", None),
            ("m.total() > 5", None),
        ] {
            assert_eq!(comparisons_of(closure).as_deref(), text, "{closure}");
        }
    }
}

//! What was meant by a word that is not ours: a misspelling, or the word of another library, whose values may have to be inverted.

use crate::language::spelling::{is_keyword, nearest, repaired, snake};
use crate::language::syntax::Value;
use crate::language::value;
use crate::language::vocabulary::{Entry, Kind, Parameter, Vocabulary};
use crate::model::ratio::Ratio;
use crate::reading::read;
use crate::text::lexer::lex;
use crate::text::token::{Place, Shape, Token, spell, spell_closure};

/// One of our words, in place of another.
pub struct Meant {
    /// The word.
    pub entry: &'static Entry,
    /// The word with its arguments: the given ones as far as they fit, otherwise examples.
    pub text: String,
    /// Whether the given word is a misspelling of ours.
    pub is_misspelt: bool,
}

/// What was meant by `word` with these arguments.
pub fn meant(vocabulary: &'static Vocabulary, word: &str, values: &[String]) -> Option<Meant> {
    if let Some(text) = turned(vocabulary, word, values) {
        let entry = vocabulary.entry(text.split('(').next()?)?;
        return Some(Meant { entry, text, is_misspelt: false });
    }
    let ours = vocabulary.foreign(word).filter_map(|ours| vocabulary.entry(ours));
    let mut candidates: Vec<_> = vocabulary.entry(word).into_iter().chain(ours).collect();
    let is_misspelt = candidates.is_empty();
    if is_misspelt && !is_keyword(word) {
        let near = nearest(word, vocabulary.entries.iter().map(|entry| entry.word))?;
        candidates.extend(vocabulary.entry(near));
    }
    let problems =
        |tokens: &[Token]| read::word(tokens, vocabulary.noun, vocabulary).err().unwrap_or_default();
    let fits = |entry: &&&'static Entry| problems(&lex(&entry.with(values)).tokens).is_empty();
    let entry = *candidates.iter().find(fits).or(candidates.first())?;
    let text = match values {
        [] => entry.example(),
        values => repaired(&entry.with(values), problems).unwrap_or_else(|| entry.example()),
    };
    Some(Meant { entry, text, is_misspelt })
}

/// Whether a word is one of ours or another library's.
pub(crate) fn is_known(vocabulary: &'static Vocabulary, word: &str) -> bool {
    vocabulary.entry(word).is_some()
        || vocabulary.foreign(word).next().is_some()
        || turned(vocabulary, word, &[]).is_some()
}

/// What was meant by something that does not begin with a word: `100` means `count(100)`, `"never"` means `never`, `5 failures`
/// means `failures(5)`, and a closure means `custom` of it.
pub(crate) fn meant_by(vocabulary: &'static Vocabulary, tokens: &[Token], place: Place) -> Option<String> {
    match place.of(tokens) {
        [literal] if literal.shape == Shape::Literal => {
            let inside = literal.text.strip_prefix('"')?.strip_suffix('"')?;
            let tokens = lex(inside).tokens;
            let is_word = is_known(vocabulary, &tokens.first()?.text) && !inside.contains('\\');
            let whole = Place::new(0, tokens.len());
            if is_word { Some(inside.to_owned()) } else { meant_by_value(vocabulary, &tokens, whole) }
        }
        [open, first, .., _] if open.shape == Shape::Open => {
            let inside = Place::new(place.start + 1, place.end - 1);
            let is_word = is_known(vocabulary, &first.text);
            if is_word { Some(spell(inside.of(tokens))) } else { meant_by_value(vocabulary, tokens, inside) }
        }
        [bar, ..] if bar.is("|") => {
            let custom = vocabulary.entry("custom")?;
            Some(custom.with(&[spell_closure(place.of(tokens))]))
        }
        [number, rest @ ..] if number.shape == Shape::Number => {
            let is_share = rest.first().is_some_and(|sign| sign.is("%"));
            let number = Place::new(place.start, place.start + 1 + usize::from(is_share));
            let text = spell(number.of(tokens));
            let word = rest.iter().find(|token| is_known(vocabulary, &token.text));
            match word.and_then(|word| meant(vocabulary, &word.text, core::slice::from_ref(&text))) {
                Some(meant) => Some(meant.text),
                None => meant_by_value(vocabulary, tokens, number),
            }
        }
        _ => meant_by_value(vocabulary, tokens, place),
    }
}

fn meant_by_value(vocabulary: &Vocabulary, tokens: &[Token], place: Place) -> Option<String> {
    let fits = |entry: &&Entry| match entry.positional {
        [parameter] => {
            value::read(tokens, place, entry.word, parameter).is_ok_and(|read| read != Value::Rust)
        }
        _ => false,
    };
    let entry = vocabulary.entries.iter().find(fits)?;
    Some(entry.with(&[spell(place.of(tokens))]))
}

/// A condition whose value must be inverted: a percentile, or a share of successes.
fn turned(vocabulary: &'static Vocabulary, word: &str, values: &[String]) -> Option<String> {
    if !vocabulary.is_joined() {
        return None;
    }
    let word = snake(word);
    let percentile = word.strip_prefix('p').filter(|digits| digits.len() > 1);
    let share = match word.as_str() {
        "percentile" | "latency_percentile" | "quantile" => values.iter().find_map(|value| rest_of(value)),
        "success_rate" | "success_ratio" | "success_percentage" | "required_success_rate" => {
            let share = values.iter().find_map(|value| rest_of(value)).unwrap_or(Ratio::new(0.5));
            return Some(format!("failure_rate({share})"));
        }
        _ => Some(rest_of(&format!("0.{}", percentile?))?),
    };
    let threshold = values.iter().find(|value| is_duration(value)).map_or("2s", String::as_str);
    Some(format!("slow_rate({}, {threshold})", share.unwrap_or(Ratio::new(0.01))))
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
    value::read(&tokens, Place::new(0, tokens.len()), "threshold", &parameter).is_ok()
}

#[cfg(test)]
mod tests {
    use super::meant;
    use crate::language::vocabulary::{RETRY, TRIP, WINDOW};

    #[test]
    fn values_are_kept_and_turned() {
        for (vocabulary, word, values, expected) in [
            (&TRIP, "p99", &["500ms"][..], Some("slow_rate(0.01, 500ms)")),
            (&TRIP, "p999", &["500ms"], Some("slow_rate(0.001, 500ms)")),
            (&TRIP, "percentile", &["95", "1s"], Some("slow_rate(0.05, 1s)")),
            (&TRIP, "quantile", &["0.95", "1s"], Some("slow_rate(0.05, 1s)")),
            (&TRIP, "success_rate", &["90%"], Some("failure_rate(0.1)")),
            (&TRIP, "success_rate", &[], Some("failure_rate(0.5)")),
            (&TRIP, "success_rate", &["1.0"], Some("failure_rate(0.5)")),
            (&TRIP, "p9", &["1s"], None),
            (&TRIP, "threshold", &["5"], Some("failures(5)")),
            (&TRIP, "threshold", &["50%"], Some("failure_rate(50%)")),
            (&TRIP, "failureRateThreshold", &["50"], Some("failure_rate(50%)")),
            (&TRIP, "timeout", &["5s"], Some("slow_rate(0.5, 5s)")),
            (&TRIP, "p", &[], None),
            (&TRIP, "papaya", &[], None),
            (&WINDOW, "sliding", &["60s"], Some("time(60s)")),
            (&WINDOW, "sliding", &["50"], Some("count(50)")),
            (&RETRY, "exponential", &["1s", "2.0", "60s"], Some("backoff(1s, multiplier = 2.0, max = 60s)")),
        ] {
            let values: Vec<_> = values.iter().map(ToString::to_string).collect();
            let text = meant(vocabulary, word, &values).map(|meant| meant.text);
            assert_eq!(text.as_deref(), expected, "{word}");
        }
    }
}

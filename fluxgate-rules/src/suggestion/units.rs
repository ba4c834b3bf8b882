//! The units of values that stand apart from them: in the word, or after a space.

use crate::language::foreign::{Unit, unit_named};
use crate::language::notation::with_unit;
use crate::language::number::lenient;
use crate::language::spelling::snake;
use crate::language::vocabulary::{Kind, Parameter, Vocabulary};
use crate::model::duration::Spelled;
use crate::suggestion::inverted::inverted;
use crate::suggestion::piece::keyword;
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token};

/// What a word that ends in a unit means, and its values in that unit: `cooldown_ms(500)`, `sleepWindowInMilliseconds(500)`.
pub(crate) fn in_unit(
    vocabulary: &'static Vocabulary,
    word: &str,
    values: &[String],
) -> Option<(String, Vec<String>)> {
    let word = snake(word);
    let (stem, unit) = unit_named(&word)?;
    let takes_unit = |parameter: &Parameter| match unit {
        Unit::Percent => parameter.kind == Kind::Ratio,
        _ => parameter.kind.is_duration(),
    };
    // `failures_percent` is a rate.
    let ours = vocabulary.entry(stem).filter(|ours| ours.positional.iter().any(takes_unit));
    let is_of_stem = ours.is_some() || inverted(vocabulary, stem, &[]).is_some();
    if !is_of_stem && !vocabulary.foreign(&word).any(|ours| vocabulary.entry(ours).is_some()) {
        return None;
    }
    let is_in_unit = |at: usize, value: &str| match ours {
        // A number with a point may be a multiplier.
        Some(entry) => entry.positional.get(at).map_or(!value.contains('.'), takes_unit),
        // In `rolling_ms(500)`, the unit tells which word is meant.
        None => true,
    };
    let in_unit = |(at, value): (usize, &String)| match value.split_once(" = ") {
        Some((name, value)) if ours.and_then(|ours| keyword(ours, name)).is_some_and(takes_unit) => {
            format!("{name} = {}", with_unit(value, unit))
        }
        None if is_in_unit(at, value) => with_unit(value, unit),
        _ => value.clone(),
    };
    let values = values.iter().enumerate().map(in_unit).collect();
    Some((if is_of_stem { stem.to_owned() } else { word }, values))
}

/// `60 seconds` as one number with a unit, so that only words for durations take it. Other text stays as it is.
pub(crate) fn without_spaces(value: &str) -> String {
    let tokens = lex(value).tokens;
    let is_part = |token: &Token| matches!(token.shape, Shape::Number | Shape::Word);
    let joined: String = tokens.iter().map(|token| token.text.as_str()).collect();
    match lenient(&joined).filter(|_| tokens.len() > 1 && tokens.iter().all(is_part)) {
        Some(duration) => Spelled(duration).to_string(),
        None => value.to_owned(),
    }
}

//! Parts of an argument's value, which other libraries set one by one.

use crate::language::foreign::{Part, Unit};
use crate::language::notation::with_unit;
use crate::language::number::{lenient, same_unit};
use crate::language::spelling::snake;
use crate::language::syntax::Value;
use crate::language::value;
use crate::language::vocabulary::{Parameter, WINDOW};
use crate::model::ratio::Ratio;
use crate::text::lexer::lex;
use crate::text::token::Shape;

/// A part of an argument's value, as given.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct GivenPart {
    pub(crate) part: Part,
    pub(crate) unit: Unit,
    pub(crate) value: String,
}

/// The parts with units added to their bare numbers.
pub(crate) fn with_units(parts: &[GivenPart]) -> Vec<GivenPart> {
    let unit = parts.iter().filter(|given| given.part == Part::Unit).find_map(|given| {
        let tokens = lex(&given.value).tokens;
        same_unit(&snake(&tokens.iter().rfind(|token| token.shape == Shape::Word)?.text))
    });
    let meant = |given: &GivenPart| match (given.part, unit) {
        (Part::Argument(..), Some(unit)) if given.unit == Unit::Plain => Unit::Time(unit),
        _ => given.unit,
    };
    let parts = parts.iter().filter(|given| given.part != Part::Unit);
    parts.map(|given| GivenPart { value: with_unit(&given.value, meant(given)), ..given.clone() }).collect()
}

/// Reads a value, or what it was meant to be.
pub(crate) fn read_or_right(text: &str, parameter: &Parameter) -> Option<Value> {
    match value::read_text(text, "", parameter) {
        Ok(value) => Some(value),
        Err(problem) => value::read_text(&problem.suggestion()?.replacement, "", parameter).ok(),
    }
}

/// How many buckets of this length a time window has.
pub(crate) fn bucket_count(window: &str, length: &str) -> Option<u128> {
    let [parameter] = WINDOW.entry("time")?.positional else { return None };
    let nanos = |text| match read_or_right(text, parameter)? {
        Value::Duration(duration) => Some(duration.as_nanos()),
        _ => None,
    };
    nanos(window)?.checked_div(nanos(length)?).filter(|count| *count > 0)
}

/// The jitter by which a pause is up to this much longer.
pub(crate) fn jitter_share(pause: &str, most: &str) -> Option<Ratio> {
    let [pause, most] = [lenient(pause)?, lenient(most)?];
    let thousandths = (most.as_secs_f64() / pause.as_secs_f64() * 1_000.0).ceil();
    (most < pause && !most.is_zero()).then(|| Ratio::new(thousandths.min(999.0) / 1_000.0))
}

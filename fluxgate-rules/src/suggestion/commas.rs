//! Commas within numbers: `1,000` and `0,5`.

use crate::language::foreign::Unit;
use crate::language::notation::with_unit;
use crate::language::number::{digits_of, same_unit};
use crate::language::value;
use crate::language::vocabulary::{Entry, Vocabulary};
use crate::suggestion::piece::{Piece, keyword};

/// What is wrong with `0,5`.
pub(crate) const WITH_A_POINT: &str = "a number is written with a point, not with a comma";

/// Handles `1,000`, `0,5` or `60, SECONDS`, given to a word that takes one number: what is wrong, and the number.
/// Spaces are not part of tokens, so two arguments look the same; anything that may be two is not joined.
pub(crate) fn number_with_commas(
    vocabulary: &Vocabulary,
    entry: &Entry,
    pieces: &[Piece<'_>],
) -> Option<(&'static str, String)> {
    let texts: Vec<_> = pieces.iter().filter(|piece| piece.name.is_none()).map(Piece::text).collect();
    let [parameter] = entry.positional else { return None };
    if let [number, unit] = texts.as_slice()
        && parameter.kind.is_duration()
        && let Some(unit) = unit.rsplit(['.', ':']).next().and_then(same_unit)
    {
        return Some(("a duration is one number with its unit", with_unit(number, Unit::Time(unit))));
    }
    let [first, rest @ ..] = texts.as_slice() else { return None };
    if rest.is_empty() || !is_whole(first) {
        return None;
    }
    let reads = |text: &str, parameter| value::read_text(text, entry.word, parameter).is_ok();
    let (joined, decimal) = (texts.concat(), texts.join("."));
    // `failures(5, 100)` may mean five of a hundred calls, but `count(5, 100)` and `min(5, 100)` can only be numbers.
    let are_thousands =
        rest.len() > 1 || rest[0].starts_with('0') || !matches!(entry.word, "failures" | "failure_streak");
    if rest.iter().all(|text| text.len() == 3 && is_whole(text)) && are_thousands && reads(&joined, parameter)
    {
        return Some(("a number is written without commas", joined));
    }
    let [fraction] = rest else { return None };
    // The first number in `time(6, 60s)` may be a number of buckets, and in `avg_latency(10, 5s)` a number of calls.
    let fits_another = first.contains(|digit| digit != '0')
        && (vocabulary.is_joined() || entry.keywords.iter().any(|keyword| reads(first, keyword)));
    let is_fraction = fraction.starts_with(|sign: char| sign.is_ascii_digit())
        && (is_whole(fraction) || !fits_another && !fraction[..digits_of(fraction)].ends_with('0'));
    (is_fraction && reads(&decimal, parameter)).then_some((WITH_A_POINT, decimal))
}

/// The arguments of `slow_rate(0,5, 1s)` or `cooldown(60s, jitter = 0,1)` with points, if the word takes fewer values
/// than the commas make of them.
pub(crate) fn with_points(
    vocabulary: &Vocabulary,
    entry: &'static Entry,
    pieces: &[Piece<'_>],
) -> Option<Vec<String>> {
    let unnamed = pieces.iter().filter(|piece| piece.name.is_none()).count();
    if unnamed <= entry.positional.len() {
        return None;
    }
    let mut positional = entry.positional.iter();
    let mut rest = pieces;
    let mut values = Vec::new();
    while let [piece, after @ ..] = rest {
        let (parameter, start) = match piece.name {
            Some(name) => (keyword(entry, name)?, format!("{name} = ")),
            None => (positional.next()?, String::new()),
        };
        let whole = piece.text();
        let decimal = after.first().filter(|next| next.name.is_none() && is_whole(&whole)).map(|fraction| {
            let fraction = fraction.text();
            // The first number may be one of calls in `slow_rate(10, 50%, 2s)`, and one of buckets in `time(6, 60s)`.
            let is_number_of_its_own = piece.name.is_none()
                && (parameter.kind.is_duration()
                    || piece.fits(parameter)
                    || !is_whole(&fraction)
                    || vocabulary.is_joined() && whole.contains(|digit| digit != '0'));
            let starts = !is_number_of_its_own && fraction.starts_with(|sign: char| sign.is_ascii_digit());
            Some(format!("{whole}.{fraction}"))
                .filter(|it| starts && value::read_text(it, "", parameter).is_ok())
        });
        let decimal = decimal.flatten();
        rest = if decimal.is_some() { &after[1..] } else { after };
        values.push(format!("{start}{}", decimal.unwrap_or(whole)));
    }
    (values.len() < pieces.len() && positional.next().is_none()).then_some(values)
}

fn is_whole(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

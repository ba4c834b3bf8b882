//! Numbers as written, before they are checked.

use core::num::ParseIntError;
use core::time::Duration;

use crate::model::duration::UNITS;

/// Other units that people may try, in nanoseconds.
const OTHER_UNITS: [(&[&str], u64); 7] = [
    (&["w", "wk", "week", "weeks"], 604_800_000_000_000),
    (&["d", "day", "days"], 86_400_000_000_000),
    (&["hr", "hrs", "hour", "hours"], 3_600_000_000_000),
    (&["min", "mins", "minute", "minutes"], 60_000_000_000),
    (&["sec", "secs", "second", "seconds"], 1_000_000_000),
    (&["msec", "msecs", "milli", "millis", "millisecond", "milliseconds"], 1_000_000),
    // The micro sign, and the Greek letter mu, which looks like it.
    (&["usec", "usecs", "micro", "micros", "microsecond", "microseconds", "\u{b5}s", "\u{3bc}s"], 1_000),
];

/// The length in bytes of a number's digits, point and exponent; the rest is its suffix.
pub(crate) fn digits_of(text: &str) -> usize {
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    let bytes = text.as_bytes();
    let run = |from: usize| bytes[from..].iter().take_while(|&&byte| is_digit(byte)).count();
    let mut length = run(0);
    if bytes.get(length) == Some(&b'.') {
        length += 1 + run(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let from = length + 1 + sign;
        if bytes.get(from).is_some_and(u8::is_ascii_digit) {
            length = from + run(from);
        }
    }
    length
}

/// Converts a number in another base to decimal; an error if it is too long.
pub(crate) fn from_radix(text: &str) -> Option<Result<String, ParseIntError>> {
    let (digits, radix) = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find_map(|(prefix, radix)| {
        text.strip_prefix(prefix).map(|digits| (digits.replace('_', ""), radix))
    })?;
    let end = digits.find(|character: char| !character.is_digit(radix)).unwrap_or(digits.len());
    let (digits, suffix) = digits.split_at(end);
    Some(u64::from_str_radix(digits, radix).map(|number| format!("{number}{suffix}")))
}

/// The nanoseconds of a unit, including units that are not ours.
pub(crate) fn unit(name: &str) -> Option<u64> {
    let name = name.to_lowercase();
    let others = OTHER_UNITS.iter().flat_map(|(names, size)| names.iter().map(|name| (*name, *size)));
    UNITS
        .into_iter()
        .chain(others)
        .chain([("ns", 1), ("nano", 1), ("nanos", 1), ("nanosecond", 1), ("nanoseconds", 1)])
        .find(|(unit, _)| **unit == name)
        .map(|(_, size)| size)
}

/// Our unit of the same length.
pub(crate) fn same_unit(name: &str) -> Option<&'static str> {
    let size = unit(name)?;
    UNITS.into_iter().find(|(_, ours)| *ours == size).map(|(unit, _)| unit)
}

/// A word that ends in a unit, such as `timeout_ms` or `rate_percent`: the part before it, and our unit.
pub(crate) fn unit_of_word(word: &str) -> Option<(&str, &'static str)> {
    let (stem, last) = word.rsplit_once('_')?;
    // A `min` is more likely a minimum, and a single letter is too ambiguous.
    let unit = match last {
        "percentage" => Some("%"),
        _ if is_percent(last) => Some("%"),
        "min" => None,
        _ if last.len() < 2 => None,
        _ => same_unit(last),
    };
    Some((stem.strip_suffix("_in").unwrap_or(stem), unit?))
}

/// Whether a suffix means `%`.
pub(crate) fn is_percent(suffix: &str) -> bool {
    ["percent", "pct", "pc"].contains(&suffix.to_lowercase().as_str())
}

/// `digits` times `size`, if that is a whole number that fits.
pub(crate) fn scaled(digits: &str, size: u64) -> Option<u128> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let power = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let part: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let part = part.checked_mul(u128::from(size))?;
    if part % power != 0 {
        return None;
    }
    whole.checked_mul(u128::from(size))?.checked_add(part / power)
}

/// What `1h30m` or `5min` was meant to be.
pub(crate) fn lenient(mut text: &str) -> Option<Duration> {
    let mut nanos = 0_u128;
    while !text.is_empty() {
        let (digits, rest) = text.split_at(digits_of(text));
        let end = rest.find(|character: char| character.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, size) = (digits.replace('_', ""), unit(&rest[..end])?);
        let exact = scaled(&digits, size);
        // With an exponent the result is inexact, but good enough for a suggestion.
        let part = exact.or_else(|| digits.parse().ok().map(|number: f64| (number * size as f64) as u128))?;
        nanos = nanos.checked_add(part)?;
        text = &rest[end..];
    }
    u64::try_from(nanos).ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::{digits_of, from_radix, lenient, scaled};
    use core::time::Duration;

    #[test]
    fn a_suffix_begins_where_the_digits_end() {
        for (text, digits) in
            [("10", "10"), ("1.5s", "1.5"), ("1_0ms", "1_0"), ("1e3s", "1e3"), ("1e-3", "1e-3"), ("1em", "1")]
        {
            assert_eq!(&text[..digits_of(text)], digits, "{text}");
        }
    }

    #[test]
    fn other_bases_become_decimal() {
        assert_eq!(from_radix("0x1_0s"), Some(Ok("16s".to_owned())));
        assert_eq!(from_radix("0b11"), Some(Ok("3".to_owned())));
        assert!(from_radix("0xffffffffffffffffff").is_some_and(|number| number.is_err()));
        assert_eq!(from_radix("10"), None);
    }

    #[test]
    fn scales_exactly_or_not_at_all() {
        assert_eq!(scaled("18446744073.709551615", 1_000_000_000), Some(u128::from(u64::MAX)));
        assert_eq!(scaled("0.5", 1), None);
        assert_eq!(scaled("99999999999999999999999999999999999999999", 1_000), None);
    }

    #[test]
    fn guesses_what_was_meant() {
        for (text, expected) in [
            ("1h30m", Some(Duration::from_secs(5_400))),
            ("2min", Some(Duration::from_secs(120))),
            ("1e3s", Some(Duration::from_secs(1_000))),
            ("1H30MIN", Some(Duration::from_secs(5_400))),
            ("2w", Some(Duration::from_secs(1_209_600))),
            ("5parsec", None),
        ] {
            assert_eq!(lenient(text), expected, "{text}");
        }
    }
}

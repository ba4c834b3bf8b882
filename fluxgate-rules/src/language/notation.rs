//! Translates durations and numbers from the notations of other languages.

use core::time::Duration;

use crate::language::foreign::Unit;
use crate::language::number::{digits_of, is_percent, lenient, scaled, unit};
use crate::language::spelling::snake;
use crate::model::duration::{Spelled, UNITS};
use crate::model::ratio::{Percent, Ratio};
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token};

/// A duration that is neither in our notation nor a valid expression of ours: `Duration.ofSeconds(30)`, `60 *
/// time.Second`, `"PT30S"`, `00:01:30`, `timedelta(seconds=30)`, `45.secs()`. A unit in the argument's name, as in
/// `sleep_window_in_ms`, applies to a bare number.
pub(crate) fn duration(tokens: &[Token]) -> Option<String> {
    let nanos = time(tokens)?;
    let nanos = u64::try_from(nanos).ok().filter(|nanos| *nanos > 0)?;
    Some(Spelled(Duration::from_nanos(nanos)).to_string())
}

/// The numbers of a text with their units, and durations such as `a minute`.
pub(crate) fn figures(tokens: &[Token]) -> Vec<String> {
    let figure = |at: usize| {
        let number = || (tokens[at].shape == Shape::Number).then(|| tokens[at].text.clone());
        percent_at(tokens, at).or_else(|| duration_at(tokens, at)).or_else(number)
    };
    (0..tokens.len()).filter_map(figure).collect()
}

/// The percentage that starts at an index: `50%`, `50 percent`.
pub(crate) fn percent_at(tokens: &[Token], at: usize) -> Option<String> {
    let is_percentage = tokens[at].shape == Shape::Number
        && tokens.get(at + 1).is_some_and(|next| next.is("%") || is_percent(&next.text));
    is_percentage.then(|| format!("{}%", tokens[at].text))
}

/// The duration that starts at an index: `60s`, `60 seconds`, `per minute`.
pub(crate) fn duration_at(tokens: &[Token], at: usize) -> Option<String> {
    let first = tokens.get(at)?;
    let unit = tokens.get(at + 1).filter(|next| next.shape == Shape::Word).map_or("", |next| &next.text);
    let is_unit = |text: &str| !text.ends_with(|last: char| last.is_ascii_digit());
    let joined = match first.shape {
        Shape::Number if is_unit(&first.text) => first.text.clone(),
        Shape::Number => format!("{}{unit}", first.text),
        _ if ["per", "a", "each", "every", "last", "past"].iter().any(|word| first.is(word)) => {
            format!("1{unit}")
        }
        _ => return None,
    };
    let duration = lenient(&joined).filter(|_| is_unit(&joined))?;
    let is_ours = UNITS.iter().any(|(unit, _)| joined[digits_of(&joined)..] == **unit);
    Some(if is_ours { joined } else { Spelled(duration).to_string() })
}

/// A number with its argument's unit, without the suffixes of other languages: `50` percent, `500` milliseconds,
/// `50.0f`, `1000L`, `10k`. Other text stays as it is.
pub(crate) fn with_unit(text: &str, meant: Unit) -> String {
    let bare = text.trim_matches(['"', '\'']).trim();
    if meant == Unit::Rest {
        return rest(bare);
    }
    let number = plain_number(bare);
    let Some(number) = number else { return text.to_owned() };
    let is_above_one = number.parse().is_ok_and(|share: f64| share > 1.0);
    match meant {
        Unit::Share if number == "1" => "1.0".to_owned(),
        Unit::Percent | Unit::Share if is_above_one || meant == Unit::Percent && !number.contains('.') => {
            let whole = number.strip_suffix(".0").unwrap_or(&number);
            format!("{whole}%")
        }
        Unit::Time(unit) => format!("{number}{unit}"),
        _ => number,
    }
}

/// One minus a share: 95% for 5%, and for a constant, an expression that computes it. Other text stays as it is.
fn rest(text: &str) -> String {
    match rest_of(text) {
        Some(rest) if text.ends_with('%') => Percent(rest).to_string(),
        Some(rest) => rest.to_string(),
        None => match lex(text).tokens.as_slice() {
            [first, ..] if first.shape != Shape::Word => text.to_owned(),
            path if path.iter().all(|token| token.shape == Shape::Word || token.is(":")) => {
                format!("1.0 - {text}")
            }
            _ => format!("1.0 - ({text})"),
        },
    }
}

/// One minus the share: `0.1` for `0.9`, for `90%` and for `90`.
pub(crate) fn rest_of(value: &str) -> Option<Ratio> {
    let (digits, is_percent) = match value.strip_suffix('%') {
        Some(digits) => (digits, true),
        None => (value, false),
    };
    let share: f64 = digits.parse().ok()?;
    let rest = Ratio::new(1.0 - if is_percent || share > 1.0 { share / 100.0 } else { share });
    rest.is_valid().then_some(rest)
}

/// The digits of a number without a suffix, or with that of a type or a multiple: `50.0f`, `1000L`, `10u32`, `10k`.
fn plain_number(text: &str) -> Option<String> {
    let (digits, suffix) = text.split_at(digits_of(text));
    if digits.is_empty() || digits.contains(['e', 'E']) {
        return None;
    }
    let digits = digits.replace('_', "");
    let thousands = |count: u64| {
        let number: f64 = digits.parse().ok()?;
        Some(format!("{}", number * count as f64))
    };
    match suffix {
        "" | "f" | "F" | "d" | "D" | "l" | "L" | "f32" | "f64" | "u32" | "u64" | "usize" | "i32" | "i64" => {
            Some(digits.strip_suffix('.').unwrap_or(&digits).to_owned())
        }
        "k" | "K" => thousands(1_000),
        "M" => thousands(1_000_000),
        _ => None,
    }
}

/// The nanoseconds of a duration in another notation.
fn time(tokens: &[Token]) -> Option<u128> {
    match tokens {
        [new, rest @ ..] if new.is("new") => time(rest),
        [open, rest @ .., close] if open.is("(") && close.is(")") => time(rest).or_else(|| ours(rest)),
        [literal] if literal.shape == Shape::Literal => text(literal.text.trim_matches(['"', '\''])),
        [word] if word.shape == Shape::Word => iso(&word.text),
        _ => product(tokens).or_else(|| clock(tokens)).or_else(|| method(tokens)).or_else(|| call(tokens)),
    }
}

/// One number with a unit.
fn ours(tokens: &[Token]) -> Option<u128> {
    match tokens {
        [number] if number.shape == Shape::Number => {
            lenient(&number.text).map(|duration| duration.as_nanos())
        }
        _ => None,
    }
}

/// A duration in quotes.
fn text(text: &str) -> Option<u128> {
    let tokens = lex(text).tokens;
    let is_quoted = tokens.iter().any(|token| token.shape == Shape::Literal);
    iso(text).or_else(|| clock(&tokens)).or_else(|| if is_quoted { None } else { time(&tokens) })
}

/// `PT1M30S`, as in ISO 8601.
fn iso(text: &str) -> Option<u128> {
    let rest = text.to_uppercase();
    let rest = rest.strip_prefix("PT")?;
    if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_digit() || b".HMS".contains(&byte)) {
        return None;
    }
    lenient(rest).map(|duration| duration.as_nanos())
}

/// `00:01:30`, or `1:30` for minutes and seconds.
fn clock(tokens: &[Token]) -> Option<u128> {
    let numbers: Vec<u128> = tokens
        .split(|token| token.is(":"))
        .map(|part| match part {
            [number] if number.shape == Shape::Number => scaled(&number.text, 1_000_000_000),
            _ => None,
        })
        .collect::<Option<_>>()?;
    sexagesimal(&numbers).filter(|_| matches!(numbers.len(), 2 | 3))
}

/// The value of digits in base sixty, the highest first; `None` if it is too large.
fn sexagesimal(numbers: &[u128]) -> Option<u128> {
    numbers.iter().try_fold(0_u128, |sum, number| sum.checked_mul(60)?.checked_add(*number))
}

/// `60 * time.Second`, in either order, or `time.Minute`.
fn product(tokens: &[Token]) -> Option<u128> {
    if let [root, point, last] = tokens
        && root.is("time")
        && point.is(".")
    {
        return unit(&last.text).map(u128::from);
    }
    let sign = tokens.iter().position(|token| token.is("*"))?;
    let (one, other) = (&tokens[..sign], &tokens[sign + 1..]);
    let (number, path) = if one.len() == 1 && one[0].shape == Shape::Number {
        (&one[0], other)
    } else {
        (other.first()?, one)
    };
    let [root, .., last] = path else { return None };
    let is_number = number.shape == Shape::Number && one.len().min(other.len()) == 1;
    let is_path = path.iter().all(|token| token.shape == Shape::Word || token.is("."));
    if !is_number || !is_path || !root.is("time") {
        return None;
    }
    scaled(&number.text.replace('_', ""), unit(&last.text)?)
}

/// `45.secs()`, or `30.seconds`.
fn method(tokens: &[Token]) -> Option<u128> {
    match tokens {
        [number, point, word, rest @ ..]
            if number.shape == Shape::Number && point.is(".") && word.shape == Shape::Word =>
        {
            let is_end = rest.is_empty() || matches!(rest, [open, close] if open.is("(") && close.is(")"));
            scaled(&number.text.replace('_', ""), unit(&word.text).filter(|_| is_end)?)
        }
        _ => None,
    }
}

/// `Duration.ofSeconds(30)`, `TimeSpan.FromSeconds(30)`, `Duration::seconds(30)`, `timedelta(minutes=1, seconds=30)`,
/// `Duration(seconds: 30)`, `TimeSpan(0, 0, 30)`.
fn call(tokens: &[Token]) -> Option<u128> {
    let open = tokens.iter().position(|token| token.is("("))?;
    let [path @ .., name] = &tokens[..open] else { return None };
    let [inside @ .., close] = &tokens[open + 1..] else { return None };
    let is_path = path.iter().all(|token| token.shape == Shape::Word || token.is(".") || token.is(":"));
    if name.shape != Shape::Word || !is_path || !close.is(")") {
        return None;
    }
    let name = snake(&name.text);
    // This is valid Rust.
    if path.iter().any(|token| token.is(":")) && name.starts_with("from_") {
        return None;
    }
    if let [number] = inside
        && number.shape == Shape::Number
    {
        let is_duration = path
            .iter()
            .any(|token| ["duration", "time_span", "timedelta"].contains(&snake(&token.text).as_str()));
        let (digits, _) = number.text.split_at(digits_of(&number.text));
        let size = name.split('_').next_back().and_then(unit).filter(|_| is_duration)?;
        return scaled(&digits.replace('_', ""), size);
    }
    if let [quoted] = inside
        && quoted.shape == Shape::Literal
        && ["parse", "of", "duration"].contains(&name.as_str())
    {
        return text(quoted.text.trim_matches(['"', '\'']));
    }
    let parts = inside.split(|token| token.is(","));
    if name == "time_span" {
        let numbers: Vec<u128> = parts.map(|part| part.first()?.text.parse().ok()).collect::<Option<_>>()?;
        return sexagesimal(&numbers).filter(|_| numbers.len() == 3)?.checked_mul(1_000_000_000);
    }
    if !["timedelta", "duration"].contains(&name.as_str()) {
        return None;
    }
    let named = |part: &[Token]| match part {
        [name, sign, number] if (sign.is("=") || sign.is(":")) && number.shape == Shape::Number => {
            scaled(&number.text.replace('_', ""), unit(&name.text)?)
        }
        _ => None,
    };
    parts.map(named).try_fold(0_u128, |sum, part| sum.checked_add(part?))
}

#[cfg(test)]
mod tests {
    use super::{duration, with_unit};
    use crate::language::foreign::Unit;
    use crate::text::lexer::lex;

    #[test]
    fn reads_durations_of_other_languages() {
        for (written, ours) in [
            ("Duration.ofSeconds(30)", "30s"),
            ("Duration.ofMillis(500)", "500ms"),
            ("java.time.Duration.ofMinutes(1)", "1m"),
            ("Duration.parse(\"PT30S\")", "30s"),
            ("TimeSpan.FromSeconds(30)", "30s"),
            ("TimeSpan.FromMilliseconds(500)", "500ms"),
            ("new TimeSpan(0, 1, 30)", "90s"),
            ("60 * time.Second", "1m"),
            ("time.Second * 45", "45s"),
            ("5 * time.Minute", "5m"),
            ("time.Minute", "1m"),
            ("100 * time.Millisecond", "100ms"),
            ("45.secs()", "45s"),
            ("30.seconds", "30s"),
            ("30.Seconds()", "30s"),
            ("timedelta(seconds=30)", "30s"),
            ("timedelta(minutes=1, seconds=30)", "90s"),
            ("Duration(seconds: 30)", "30s"),
            ("chrono::Duration::seconds(30)", "30s"),
            ("\"PT1M30S\"", "90s"),
            ("PT30S", "30s"),
            ("00:01:30", "90s"),
            ("\"00:00:30\"", "30s"),
            ("1:30", "90s"),
        ] {
            assert_eq!(duration(&lex(written).tokens).as_deref(), Some(ours), "{written}");
        }
    }

    #[test]
    fn leaves_our_notation_and_non_durations_alone() {
        for written in [
            "60s",
            "60",
            "Duration::from_secs(30)",
            "SETTINGS.pause",
            "pause(30)",
            "2 * PAUSE",
            "PAUSE * 2",
            "P",
            "\"x\"",
            "timedelta()",
        ] {
            assert_eq!(duration(&lex(written).tokens), None, "{written}");
        }
    }

    #[test]
    fn durations_that_are_too_long_are_not_read() {
        for written in [
            "99999999999999999999999999999:00:00",
            "99999999999999999999999999999:00",
            "\"0:99999999999999999999999999999:0\"",
            "TimeSpan(9999999999999999999999999999999999999, 0, 0)",
            "TimeSpan(0, 0, 9999999999999999999999999999999999999)",
            "timedelta(seconds=300000000000000000000000000000, minutes=3000000000000000000000000000)",
            "99999999999999999999999999999999 * time.Hour",
            "99999999999999999999999999999999.hours()",
            "Duration.ofHours(99999999999999999999999999999999)",
        ] {
            assert_eq!(duration(&lex(written).tokens), None, "{written}");
        }
    }

    #[test]
    fn numbers_get_the_unit_of_the_argument() {
        for (text, unit, expected) in [
            ("50", Unit::Percent, "50%"),
            ("50.0f", Unit::Percent, "50%"),
            ("0.5", Unit::Percent, "0.5"),
            ("1", Unit::Percent, "1%"),
            ("\"50\"", Unit::Percent, "50%"),
            ("1", Unit::Share, "1.0"),
            ("0.5", Unit::Share, "0.5"),
            ("50", Unit::Share, "50%"),
            ("5000", Unit::Time("ms"), "5000ms"),
            ("1000L", Unit::Plain, "1000"),
            ("10k", Unit::Plain, "10000"),
            ("RATE", Unit::Percent, "RATE"),
            ("0.05", Unit::Rest, "0.95"),
            ("5%", Unit::Rest, "95%"),
            ("5", Unit::Rest, "0.95"),
            ("ALPHA", Unit::Rest, "1.0 - ALPHA"),
            ("a::B + C", Unit::Rest, "1.0 - (a::B + C)"),
            ("60s", Unit::Rest, "60s"),
            ("50%", Unit::Percent, "50%"),
            ("30s", Unit::Time("ms"), "30s"),
        ] {
            assert_eq!(with_unit(text, unit), expected, "{text}");
        }
    }
}

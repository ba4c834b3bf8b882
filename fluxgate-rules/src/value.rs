//! The value of one argument: a number, a ratio, a duration, or something that only the compiler can tell.

use core::time::Duration;

use crate::duration::{Spelled, UNITS};
use crate::problem::Problem;
use crate::ratio::Ratio;
use crate::syntax::Value;
use crate::token::{Place, Shape, Token, spell};
use crate::vocabulary::Kind;

/// Units that people try, with their nanoseconds.
const OTHER_UNITS: [(&str, u64); 24] = [
    ("d", 86_400_000_000_000),
    ("day", 86_400_000_000_000),
    ("days", 86_400_000_000_000),
    ("hour", 3_600_000_000_000),
    ("hours", 3_600_000_000_000),
    ("hr", 3_600_000_000_000),
    ("min", 60_000_000_000),
    ("mins", 60_000_000_000),
    ("minute", 60_000_000_000),
    ("minutes", 60_000_000_000),
    ("sec", 1_000_000_000),
    ("secs", 1_000_000_000),
    ("second", 1_000_000_000),
    ("seconds", 1_000_000_000),
    ("msec", 1_000_000),
    ("millis", 1_000_000),
    ("milliseconds", 1_000_000),
    ("usec", 1_000),
    ("micros", 1_000),
    ("microseconds", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ns", 1),
    ("nanos", 1),
];

/// What is read, for messages.
struct Reader<'a> {
    /// The word or argument that takes the value.
    owner: &'a str,
    kind: Kind,
    place: Place,
    text: String,
}

/// A number with what hangs on to it.
struct Figure<'a> {
    negative: bool,
    /// Digits, perhaps with a point and an exponent.
    digits: String,
    suffix: &'a str,
    percent: bool,
}

/// Reads the value at `place` that `owner` takes.
pub fn read(tokens: &[Token], place: Place, owner: &str, kind: Kind) -> Result<Value, Problem> {
    let slice = place.of(tokens);
    let reader = Reader { owner, kind, place, text: spell(slice) };
    let (negative, rest) = match slice {
        [sign, rest @ ..] if sign.is("-") => (true, rest),
        rest => (false, rest),
    };
    let (percent, rest) = match rest {
        [rest @ .., sign] if sign.is("%") => (true, rest),
        rest => (false, rest),
    };
    match rest {
        [] => Err(reader.wrong("a value is missing").correct(kind.example())),
        [one] if one.shape == Shape::Literal => Err(reader.quoted()),
        [word] if word.is("NaN") || word.is("inf") => Err(reader.out_of_range().correct(kind.example())),
        [number] if number.shape == Shape::Number => reader.number(negative, &number.text, percent),
        [point, number] if point.is(".") && number.shape == Shape::Number => {
            let whole = reader.text.replacen('.', "0.", 1);
            Err(reader.wrong(format!("`{}` has nothing before its point", reader.text)).correct(whole))
        }
        [number, word] if number.shape == Shape::Number && word.shape == Shape::Word => {
            let joined = reader.text.replace(' ', "");
            Err(reader.wrong(format!("`{}` is in two pieces", reader.text)).correct(joined))
        }
        _ if percent => Err(reader.wrong("`%` may only follow a number").correct(kind.example())),
        _ => Ok(Value::Rust),
    }
}

impl Reader<'_> {
    fn wrong(&self, what: impl Into<String>) -> Problem {
        Problem::new(self.place, what)
    }

    fn out_of_range(&self) -> Problem {
        self.wrong(format!("`{}` is out of range: {}", self.text, self.kind.range()))
    }

    fn mismatch(&self, noun: &str) -> Problem {
        self.wrong(format!("`{}` is {noun}, but `{}` takes {}", self.text, self.owner, self.kind.noun()))
    }

    fn quoted(&self) -> Problem {
        let problem = self.mismatch("in quotes");
        match self.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(inside) if !inside.is_empty() && !inside.contains(['\\', '"', '\n']) => {
                problem.correct(inside)
            }
            _ => problem.correct(self.kind.example()),
        }
    }

    fn number(&self, negative: bool, text: &str, percent: bool) -> Result<Value, Problem> {
        if let Some(decimal) = from_radix(text) {
            let problem = self.wrong(format!("`{}` is not decimal", self.text));
            return Err(match decimal {
                Some(decimal) => problem.correct(decimal),
                None => problem.help("write it in decimal digits"),
            });
        }
        let (digits, suffix) = text.split_at(digits_of(text));
        let figure = Figure { negative, digits: digits.replace('_', ""), suffix, percent };
        match self.kind {
            Kind::Count | Kind::Size | Kind::Buckets => self.count(&figure),
            Kind::Ratio | Kind::Jitter => self.ratio(&figure),
            Kind::Duration => self.duration(&figure),
            Kind::Multiplier => self.multiplier(&figure),
            Kind::Function => Err(self.mismatch("a number").help("write the path of a function")),
        }
    }

    fn count(&self, figure: &Figure<'_>) -> Result<Value, Problem> {
        let whole = figure.digits.bytes().all(|byte| byte.is_ascii_digit());
        let correction = match figure.digits.split('.').next() {
            Some(whole) if !figure.percent && whole.parse().is_ok_and(|n: u32| n > 0) => whole,
            _ => self.kind.example(),
        };
        if figure.percent {
            return Err(self.mismatch("a ratio").correct(correction));
        }
        if unit(figure.suffix).is_some() {
            return Err(self.mismatch("a duration").correct(correction));
        }
        if !figure.suffix.is_empty() {
            return Err(self.suffixed(figure).correct(correction));
        }
        if !whole {
            return Err(self.wrong(format!("`{}` is not a whole number", self.text)).correct(correction));
        }
        match figure.digits.parse() {
            _ if figure.negative => Err(self.out_of_range().correct(correction)),
            Ok(0) => Err(self.out_of_range().correct("1")),
            Ok(number) if number <= self.kind.greatest() => Ok(Value::Number(number)),
            _ => Err(self.out_of_range().correct(self.kind.greatest().to_string())),
        }
    }

    fn ratio(&self, figure: &Figure<'_>) -> Result<Value, Problem> {
        if unit(figure.suffix).is_some() {
            return Err(self.mismatch("a duration").correct(self.kind.example()));
        }
        if !figure.suffix.is_empty() {
            return Err(self.suffixed(figure).correct(self.kind.example()));
        }
        let whole = figure.digits.bytes().all(|byte| byte.is_ascii_digit());
        let share: f64 = figure.digits.parse().unwrap_or(f64::INFINITY);
        if whole && !figure.percent && share != 0.0 {
            let problem = self.wrong(format!("`{}` is not a ratio", self.text));
            return Err(self.correct_ratio(problem, figure, share));
        }
        let share = if figure.percent { share / 100.0 } else { share };
        let ratio = Ratio::new(if figure.negative { -share } else { share });
        let (greatest, is_valid) = match self.kind {
            Kind::Jitter => ("0.99", ratio.is_part()),
            _ => ("1.0", ratio.is_valid()),
        };
        if is_valid {
            return Ok(Value::Ratio(ratio));
        }
        let problem = self.out_of_range();
        Err(if share <= 0.0 || figure.negative {
            problem.correct(self.kind.example())
        } else if ratio.parts_per_billion() == 0 {
            problem.help("the smallest ratio is one part in a billion, `0.000000001`").correct("0.000000001")
        } else if figure.percent || share < 2.0 {
            problem.correct(greatest)
        } else {
            self.correct_ratio(problem, figure, share)
        })
    }

    /// `50` may mean `50%`, `1` may mean `1.0`.
    fn correct_ratio(&self, problem: Problem, figure: &Figure<'_>, share: f64) -> Problem {
        if figure.negative || share > 100.0 || (share > 99.0 && self.kind == Kind::Jitter) {
            return problem.correct(self.kind.example());
        }
        let percent = format!("{}%", figure.digits);
        if share == 1.0 && self.kind == Kind::Ratio {
            return problem.help("write `1.0` (all) or `1%`").correct("1.0");
        }
        problem.help(format!("write `{}` or `{percent}`", Ratio::new(share / 100.0))).correct(percent)
    }

    fn duration(&self, figure: &Figure<'_>) -> Result<Value, Problem> {
        let text = &self.text;
        if figure.percent {
            return Err(self.mismatch("a ratio").correct(self.kind.example()));
        }
        if figure.digits.contains(['e', 'E']) {
            return Err(self.wrong(format!("`{text}` has an exponent")).help("write the digits out"));
        }
        let sensible = |written: String| match lenient(&written) {
            Some(duration) if !duration.is_zero() => Spelled(duration).to_string(),
            _ => self.kind.example().to_owned(),
        };
        if figure.suffix.is_empty() {
            let problem = self.wrong(format!("`{text}` has no unit"));
            let seconds = sensible(format!("{}s", figure.digits));
            return Err(problem
                .help(format!("write `{seconds}`; units are `h`, `m`, `s`, `ms` and `us`"))
                .correct(seconds));
        }
        let Some((_, size)) = UNITS.into_iter().find(|&(unit, _)| unit == figure.suffix) else {
            let problem = if figure.suffix.contains(|character: char| character.is_ascii_digit()) {
                self.wrong(format!("`{text}` has more than one unit"))
            } else {
                self.wrong(format!(
                    "`{}` is not a unit: units are `h`, `m`, `s`, `ms` and `us`",
                    figure.suffix
                ))
            };
            return Err(problem.correct(sensible(format!("{}{}", figure.digits, figure.suffix))));
        };
        match scaled(&figure.digits, size) {
            _ if figure.negative => Err(self.out_of_range().correct(sensible(text.replace('-', "")))),
            Some(0) => Err(self.out_of_range().correct(self.kind.example())),
            Some(nanos) => match u64::try_from(nanos) {
                Ok(nanos) => Ok(Value::Duration(Duration::from_nanos(nanos))),
                Err(_) => Err(self.out_of_range().correct("5000000h")),
            },
            None if figure.digits.contains('.') => Err(self
                .wrong(format!("`{text}` is finer than a nanosecond"))
                .help("`0.001us` is the shortest duration")
                .correct(sensible(format!(
                    "{}{}",
                    figure.digits.split('.').next().unwrap_or("0"),
                    figure.suffix
                )))),
            None => Err(self.out_of_range().correct("5000000h")),
        }
    }

    fn multiplier(&self, figure: &Figure<'_>) -> Result<Value, Problem> {
        if figure.percent {
            return Err(self.mismatch("a ratio").correct(self.kind.example()));
        }
        if !figure.suffix.is_empty() {
            let noun = if unit(figure.suffix).is_some() { "a duration" } else { "no number" };
            return Err(self.mismatch(noun).correct(self.kind.example()));
        }
        match figure.digits.parse::<f64>() {
            Ok(number) if !figure.negative && number >= 1.0 && number.is_finite() => {
                Ok(Value::Multiplier(number))
            }
            _ => Err(self.out_of_range().correct(self.kind.example())),
        }
    }

    fn suffixed(&self, figure: &Figure<'_>) -> Problem {
        self.wrong(format!(
            "`{}` is out of place: `{}` takes {}",
            figure.suffix,
            self.owner,
            self.kind.noun()
        ))
    }
}

/// How many bytes of a number are its digits, point and exponent; the rest is its suffix.
fn digits_of(text: &str) -> usize {
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

/// Whether a number is written in another base, and what it is in decimal, where that can be told.
fn from_radix(text: &str) -> Option<Option<String>> {
    let (digits, radix) = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find_map(|(prefix, radix)| {
        text.strip_prefix(prefix).map(|digits| (digits.replace('_', ""), radix))
    })?;
    let end = digits.find(|character: char| !character.is_digit(radix)).unwrap_or(digits.len());
    let (digits, suffix) = digits.split_at(end);
    let number = u64::from_str_radix(digits, radix).ok();
    Some(number.map(|number| format!("{number}{suffix}")))
}

/// The nanoseconds of a unit, also of one that is not ours.
fn unit(name: &str) -> Option<u64> {
    UNITS.into_iter().chain(OTHER_UNITS).find(|&(unit, _)| unit == name).map(|(_, size)| size)
}

/// `digits` times `size`, where that is a whole number that fits.
fn scaled(digits: &str, size: u64) -> Option<u128> {
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
fn lenient(mut text: &str) -> Option<Duration> {
    let mut nanos = 0_u128;
    while !text.is_empty() {
        let (digits, rest) = text.split_at(digits_of(text));
        let end = rest.find(|character: char| character.is_ascii_digit()).unwrap_or(rest.len());
        nanos = nanos.checked_add(scaled(&digits.replace('_', ""), unit(&rest[..end])?)?)?;
        text = &rest[end..];
    }
    u64::try_from(nanos).ok().map(Duration::from_nanos)
}

//! The value of one argument: a number, a ratio, a duration, or something that only the compiler knows.

use core::time::Duration;

use crate::language::foreign::Unit;
use crate::language::notation::{self, with_unit};
use crate::language::number::{digits_of, from_radix, is_percent, lenient, same_unit, scaled, unit};
use crate::language::syntax::Value;
use crate::language::vocabulary::{Kind, Parameter};
use crate::model::duration::{Spelled, UNITS};
use crate::model::limits::MAX_TRIAL;
use crate::model::ratio::Ratio;
use crate::text::lexer::lex;
use crate::text::problem::{Advice, Problem};
use crate::text::token::{Shape, Token, TokenRange, spell};

/// Reads one value; the fields are for messages.
struct ValueReader<'a> {
    /// The word or argument that takes the value.
    owner: &'a str,
    parameter: &'a Parameter,
    place: TokenRange,
    text: String,
    /// Whether the reading is only an attempt, for which messages need no help.
    is_guess: bool,
}

/// A number with its suffix.
struct Figure<'a> {
    negative: bool,
    /// Digits, perhaps with a point and an exponent.
    digits: String,
    suffix: &'a str,
    percent: bool,
}

/// Reads the value at `place`, an argument of `owner`.
pub(crate) fn read(
    tokens: &[Token],
    place: TokenRange,
    owner: &str,
    parameter: &Parameter,
) -> Result<Value, Problem> {
    let reader = ValueReader { owner, parameter, place, text: spell(place.of(tokens)), is_guess: false };
    reader.read(tokens).map_err(|problem| reader.checked(problem))
}

impl ValueReader<'_> {
    /// Makes sure that the suggestion is right itself: puts it right, too, or falls back to the example.
    fn checked(&self, mut problem: Problem) -> Problem {
        if let Advice::Change(suggestion) = &mut problem.advice
            && let Err(again) = self.guess(&suggestion.replacement, false)
        {
            let better = again.suggestion().map(|suggestion| suggestion.replacement.clone());
            return match better.filter(|better| self.guess(better, true).is_ok()) {
                Some(better) => {
                    suggestion.replacement = better;
                    problem
                }
                None => problem.example(self.parameter.example),
            };
        }
        problem
    }

    /// Reads another text in place of this value.
    fn guess(&self, text: &str, is_guess: bool) -> Result<Value, Problem> {
        let tokens = lex(text).tokens;
        let place = TokenRange::new(0, tokens.len());
        ValueReader { place, text: text.to_owned(), is_guess, ..*self }.read(&tokens)
    }

    fn read(&self, tokens: &[Token]) -> Result<Value, Problem> {
        let Self { owner, parameter, .. } = *self;
        let slice = self.place.of(tokens);
        let (negative, rest) = match slice {
            [sign, rest @ ..] if sign.is("-") => (true, rest),
            rest => (false, rest),
        };
        let (percent, rest) = match rest {
            [rest @ .., sign] if sign.is("%") => (true, rest),
            rest => (false, rest),
        };
        if parameter.kind.is_duration()
            && let Some(right) = notation::duration(slice).filter(|right| self.is_right(right))
        {
            let problem = self.wrong(format!("`{}` is a duration in another notation", self.text));
            return Err(problem.correct(right));
        }
        match rest {
            [] => Err(self.wrong(format!("`{owner}` has no value")).example(parameter.example)),
            [one] if one.shape == Shape::Literal => Err(self.quoted()),
            [word] if word.is("NaN") || word.is("inf") => Err(self.out_of_range().example(parameter.example)),
            [number] if number.shape == Shape::Number => self.number(negative, &number.text, percent),
            [point, number] if point.is(".") && number.shape == Shape::Number => {
                let whole = self.text.replacen('.', "0.", 1);
                Err(self.wrong(format!("`{}` needs a digit before its point", self.text)).correct(whole))
            }
            [number, more @ ..]
                if number.shape == Shape::Number
                    && more.iter().all(|piece| matches!(piece.shape, Shape::Number | Shape::Word))
                    && !more[0].is("as") =>
            {
                Err(self.pieces(&number.text))
            }
            rest if percent && !rest.iter().any(|token| token.shape == Shape::Number) => {
                Err(self.wrong("`%` may only follow a number").example(parameter.example))
            }
            _ if percent => Err(self.hopeless(slice)),
            rest if parameter.kind != Kind::Function && self.is_hopeless(rest) => Err(self.hopeless(rest)),
            _ => Ok(Value::Rust),
        }
    }

    fn wrong(&self, what: impl Into<String>) -> Problem {
        Problem::new(self.place, what)
    }

    /// Suggests the right value, or else an example.
    fn suggest(&self, problem: Problem, right: Option<String>) -> Problem {
        match right {
            Some(right) => problem.correct(right),
            None => problem.example(self.parameter.example),
        }
    }

    fn out_of_range(&self) -> Problem {
        self.wrong(self.parameter.kind.refuse(&self.text))
    }

    fn mismatch(&self, noun: &str) -> Problem {
        self.wrong(format!(
            "`{}` is {noun}, but `{}` takes {}",
            self.text,
            self.owner,
            self.parameter.kind.noun()
        ))
    }

    /// The first candidate that would be valid.
    fn right(&self, candidates: &[String]) -> Option<String> {
        candidates.iter().find(|text| self.is_right(text)).cloned()
    }

    fn is_right(&self, text: &str) -> bool {
        !self.is_guess && self.guess(text, true).is_ok_and(|value| value != Value::Rust)
    }

    /// `60 s`, `1m 30s`, `50 percent` or `3 calls`.
    fn pieces(&self, number: &str) -> Problem {
        let joined = self.text.replace(' ', "");
        let spelled = lenient(&joined).map(|duration| Spelled(duration).to_string());
        let (_, unit) = joined.split_at(digits_of(&joined));
        let same = same_unit(unit).map(|unit| format!("{number}{unit}"));
        let percent = is_percent(unit).then(|| format!("{number}%"));
        let candidates: Vec<_> = [Some(joined), same, spelled, percent].into_iter().flatten().collect();
        match self.right(&candidates) {
            Some(right) => self.wrong(format!("there is a space in `{}`", self.text)).correct(right),
            None => self.not_one(&[number.to_owned()]),
        }
    }

    /// Whether it cannot be a Rust expression either: it contains no name and no arithmetic.
    fn is_hopeless(&self, tokens: &[Token]) -> bool {
        let has = |shape| tokens.iter().any(|token| token.shape == shape);
        let is_sum = !self.parameter.kind.is_duration()
            && has(Shape::Number)
            && !tokens[0].is("+")
            && ["+", "-", "*", "/"].iter().any(|sign| tokens.iter().any(|token| token.is(sign)));
        // A quotient of whole numbers is not a valid ratio.
        let is_quotient = matches!(self.parameter.kind, Kind::Ratio | Kind::Jitter | Kind::Multiplier)
            && !has(Shape::Word)
            && tokens.iter().any(|token| token.is("/"))
            && !tokens.iter().any(|token| token.text.contains('.'));
        let is_open =
            ["+", "-", "*", "/", "&", "|", "."].iter().any(|sign| tokens[tokens.len() - 1].is(sign));
        let is_field =
            matches!(tokens, [number, point, ..] if number.shape == Shape::Number && point.is("."));
        let is_word = matches!(tokens, [word] if ["_", "true", "false"].iter().any(|it| word.is(it)));
        !has(Shape::Word) && !is_sum || is_open || is_quotient || is_field || is_word || has(Shape::Unknown)
    }

    fn hopeless(&self, tokens: &[Token]) -> Problem {
        let is_sign = |token: &Token| matches!(token.shape, Shape::Punctuation | Shape::Open | Shape::Close);
        let start = tokens.iter().take_while(|token| is_sign(token)).count();
        let end =
            tokens.iter().rposition(|token| !is_sign(token) || token.is("%")).map_or(start, |last| last + 1);
        let bare = spell(tokens.get(start..end).unwrap_or(&[]));
        let guess = match tokens {
            // `1.s`
            [_, point, word] if point.is(".") && word.shape == Shape::Word => bare.replace('.', ""),
            [part, sign, whole] if sign.is("/") => {
                let share = |token: &Token| token.text.parse().unwrap_or(f64::NAN);
                Ratio::new(share(part) / share(whole)).to_string()
            }
            _ => String::new(),
        };
        self.not_one(&[bare, guess])
    }

    /// The value is not of the right kind, but perhaps one of these candidates is.
    fn not_one(&self, candidates: &[String]) -> Problem {
        let problem = self.wrong(format!("`{}` is not {}", self.text, self.parameter.kind.noun()));
        self.suggest(problem, self.right(candidates))
    }

    fn quoted(&self) -> Problem {
        let problem = self.mismatch("in quotes");
        let inside = self.text.strip_prefix(['"', '\'']).and_then(|text| text.strip_suffix(['"', '\'']));
        let inside = inside.filter(|inside| !inside.is_empty() && !inside.contains(['\\', '"', '\n']));
        // What is in the quotes may be wrong itself.
        let right = inside.filter(|_| !self.is_guess).and_then(|inside| {
            let tokens = lex(inside).tokens;
            match read(&tokens, TokenRange::new(0, tokens.len()), self.owner, self.parameter) {
                // The name of a constant, perhaps, but not a word.
                Ok(Value::Rust) if self.parameter.kind != Kind::Function => {
                    Some(inside.to_owned()).filter(|inside| inside.contains(char::is_uppercase))
                }
                Ok(_) => Some(inside.to_owned()),
                Err(problem) => problem.suggestion().map(|suggestion| suggestion.replacement.clone()),
            }
        });
        self.suggest(problem, right)
    }

    fn number(&self, negative: bool, text: &str, percent: bool) -> Result<Value, Problem> {
        if let Some(decimal) = from_radix(text) {
            let problem = self.wrong(format!("`{}` is not decimal", self.text));
            let decimal = decimal.ok().and_then(|decimal| {
                let digits = decimal[..digits_of(&decimal)].to_owned();
                self.right(&[decimal, digits])
            });
            return Err(self.suggest(problem, decimal));
        }
        let (digits, suffix) = text.split_at(digits_of(text));
        let figure = Figure { negative, digits: digits.replace('_', ""), suffix, percent };
        match self.parameter.kind {
            Kind::Count | Kind::Size | Kind::Buckets => self.count(&figure),
            Kind::Ratio | Kind::Jitter => self.ratio(&figure),
            Kind::Duration | Kind::Threshold | Kind::Timeout => self.duration(&figure),
            Kind::Multiplier => self.multiplier(&figure),
            Kind::Function => Err(self.mismatch("a number").help("write the path of a function")),
        }
    }

    fn count(&self, figure: &Figure<'_>) -> Result<Value, Problem> {
        let whole = figure.digits.bytes().all(|byte| byte.is_ascii_digit());
        let rounded = figure.digits.parse().map_or(0, |number: f64| number as u64).to_string();
        let right = self.right(&[with_unit(&self.text, Unit::Plain), rounded]).filter(|_| !figure.percent);
        let suggest = |problem: Problem| Err(self.suggest(problem, right.clone()));
        if figure.percent {
            return suggest(self.mismatch("a ratio"));
        }
        if unit(figure.suffix).is_some() {
            return suggest(self.mismatch("a duration"));
        }
        if !figure.suffix.is_empty() {
            return suggest(self.suffixed(figure));
        }
        if figure.digits.contains(['e', 'E']) {
            return suggest(self.wrong(format!("`{}` has an exponent", self.text)));
        }
        if !whole {
            return suggest(self.wrong(format!("`{}` is not a whole number", self.text)));
        }
        match figure.digits.parse() {
            _ if figure.negative => suggest(self.out_of_range()),
            Ok(0) => Err(self.out_of_range().correct("1")),
            Ok(number) if number <= self.parameter.kind.greatest() => Ok(Value::Number(number)),
            _ => {
                // More than a trial may take are right for a closed breaker at best.
                let greatest = self.parameter.kind.greatest().min(u64::from(MAX_TRIAL));
                Err(self.out_of_range().correct(greatest.to_string()))
            }
        }
    }

    fn ratio(&self, figure: &Figure<'_>) -> Result<Value, Problem> {
        if unit(figure.suffix).is_some() {
            return Err(self.mismatch("a duration").example(self.parameter.example));
        }
        if !figure.suffix.is_empty() {
            let percent = format!("{}%", figure.digits);
            let candidates = [figure.digits.clone(), percent];
            let candidates = if is_percent(figure.suffix) { &candidates[1..] } else { &candidates[..] };
            return Err(self.suggest(self.suffixed(figure), self.right(candidates)));
        }
        let whole = figure.digits.bytes().all(|byte| byte.is_ascii_digit());
        let share: f64 = figure.digits.parse().unwrap_or(f64::INFINITY);
        if whole && !figure.percent && share != 0.0 {
            let problem = self.wrong(format!("`{}` is not a ratio", self.text));
            return Err(self.correct_ratio(problem, figure, share));
        }
        let share = if figure.percent { share / 100.0 } else { share };
        let ratio = Ratio::new(if figure.negative { -share } else { share });
        let (greatest, is_valid) = match self.parameter.kind {
            Kind::Jitter => ("0.99", ratio.is_part()),
            _ => ("1.0", ratio.is_valid()),
        };
        if is_valid {
            return Ok(Value::Ratio(ratio));
        }
        let problem = self.out_of_range();
        Err(if share <= 0.0 || figure.negative {
            problem.example(self.parameter.example)
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
        if figure.negative || share > 100.0 || (share > 99.0 && self.parameter.kind == Kind::Jitter) {
            return problem.example(self.parameter.example);
        }
        let digits = figure.digits.strip_suffix(".0").unwrap_or(&figure.digits);
        let percent = format!("{digits}%");
        if digits == "1" && self.parameter.kind == Kind::Ratio {
            return problem.correct("1.0").aside(" (all) or `1%`");
        }
        problem.help(format!("write `{}` or `{percent}`", Ratio::new(share / 100.0))).correct(percent)
    }

    fn duration(&self, figure: &Figure<'_>) -> Result<Value, Problem> {
        const UNIT_NAMES: &str = "units are `h`, `m`, `s`, `ms` and `us`";
        let text = &self.text;
        let shortest = self.parameter.kind.shortest();
        let meant = |digits: &str| {
            let same = same_unit(figure.suffix).map(|unit| format!("{digits}{unit}"));
            let spelled = lenient(&format!("{digits}{}", figure.suffix));
            let spelled = spelled.map(|duration| Spelled(duration.max(shortest)).to_string());
            let candidates: Vec<_> = same.into_iter().chain(spelled).collect();
            self.right(&candidates)
        };
        if figure.percent {
            return Err(self.mismatch("a ratio").example(self.parameter.example));
        }
        let number = with_unit(text, Unit::Plain);
        if figure.suffix.is_empty() || number != *text && unit(figure.suffix).is_none() {
            let with_units: Vec<_> =
                ["ms", "s"].map(|unit| format!("{}{unit}", number.replace('_', ""))).into();
            // So large a number probably means milliseconds.
            let is_great = number.replace('_', "").parse().is_ok_and(|number: f64| number >= 1_000.0);
            let problem = self.wrong(format!("`{text}` has no unit"));
            let [milliseconds, seconds] = with_units.as_slice() else { return Err(problem) };
            return Err(match self.right(&with_units[1..]) {
                Some(_) if is_great => {
                    problem.correct(milliseconds).aside(format!(" or `{seconds}`; {UNIT_NAMES}"))
                }
                right => self.suggest(problem, right).aside(format!("; {UNIT_NAMES}")),
            });
        }
        let Some((_, size)) = UNITS.into_iter().find(|&(unit, _)| unit == figure.suffix) else {
            let problem = if figure.suffix.contains(|character: char| character.is_ascii_digit()) {
                self.wrong(format!("`{text}` has more than one unit"))
            } else {
                self.wrong(format!("`{}` is not a unit: {UNIT_NAMES}", figure.suffix))
            };
            return Err(self.suggest(problem, meant(&figure.digits)));
        };
        if figure.digits.contains(['e', 'E']) {
            let problem = self.wrong(format!("`{text}` has an exponent"));
            return Err(self.suggest(problem, meant(&figure.digits)));
        }
        match scaled(&figure.digits, size) {
            Some(0) => Err(self.out_of_range().example(self.parameter.example)),
            _ if figure.negative => Err(self.suggest(self.out_of_range(), meant(&figure.digits))),
            Some(nanos) if nanos < shortest.as_nanos() => {
                Err(self.out_of_range().correct(Spelled(shortest).to_string()))
            }
            Some(nanos) => u64::try_from(nanos)
                .map(|nanos| Value::Duration(Duration::from_nanos(nanos)))
                .map_err(|_| self.out_of_range().correct("5000000h")),
            None if figure.digits.contains('.') => {
                let whole = figure.digits.split('.').next().unwrap_or_default();
                let problem = self.wrong(format!("`{text}` is finer than a nanosecond, `0.001us`"));
                Err(self.suggest(problem, meant(whole)))
            }
            None => Err(self.out_of_range().correct("5000000h")),
        }
    }

    fn multiplier(&self, figure: &Figure<'_>) -> Result<Value, Problem> {
        if figure.percent {
            return Err(self.mismatch("a ratio").example(self.parameter.example));
        }
        if unit(figure.suffix).is_some() {
            return Err(self.mismatch("a duration").example(self.parameter.example));
        }
        if !figure.suffix.is_empty() {
            return Err(self.suffixed(figure).example(self.parameter.example));
        }
        match figure.digits.parse::<f64>() {
            Ok(number) if !figure.negative && number >= 1.0 && number.is_finite() => {
                Ok(Value::Multiplier(number))
            }
            _ => Err(self.out_of_range().example(self.parameter.example)),
        }
    }

    fn suffixed(&self, figure: &Figure<'_>) -> Problem {
        self.wrong(format!(
            "the suffix `{}` does not belong here: `{}` takes {}",
            figure.suffix,
            self.owner,
            self.parameter.kind.noun()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::language::syntax::Value;
    use crate::language::vocabulary::{Kind, Parameter};
    use crate::model::ratio::Ratio;
    use crate::text::lexer::lex;
    use crate::text::token::TokenRange;
    use core::time::Duration;

    fn value(text: &str, kind: Kind) -> Option<Value> {
        let parameter = Parameter { name: "name", kind, example: "1" };
        let tokens = lex(text).tokens;
        read(&tokens, TokenRange::new(0, tokens.len()), "owner", &parameter).ok()
    }

    #[test]
    fn reads_what_is_right() {
        for (text, kind, expected) in [
            ("1", Kind::Count, Value::Number(1)),
            ("4_294_967_295", Kind::Count, Value::Number(4_294_967_295)),
            ("1000000", Kind::Size, Value::Number(1_000_000)),
            ("1000", Kind::Buckets, Value::Number(1_000)),
            ("0.5", Kind::Ratio, Value::Ratio(Ratio::new(0.5))),
            ("1.0", Kind::Ratio, Value::Ratio(Ratio::ONE)),
            ("100%", Kind::Ratio, Value::Ratio(Ratio::ONE)),
            ("7.5%", Kind::Ratio, Value::Ratio(Ratio::new(0.075))),
            ("1e-9", Kind::Ratio, Value::Ratio(Ratio::from_parts_per_billion(1))),
            ("0", Kind::Jitter, Value::Ratio(Ratio::from_parts_per_billion(0))),
            ("0.999999999", Kind::Jitter, Value::Ratio(Ratio::from_parts_per_billion(999_999_999))),
            ("0.001us", Kind::Duration, Value::Duration(Duration::from_nanos(1))),
            ("1.5s", Kind::Duration, Value::Duration(Duration::from_millis(1_500))),
            ("1_500ms", Kind::Duration, Value::Duration(Duration::from_millis(1_500))),
            ("2m", Kind::Duration, Value::Duration(Duration::from_secs(120))),
            ("1h", Kind::Duration, Value::Duration(Duration::from_secs(3_600))),
            ("1us", Kind::Threshold, Value::Duration(Duration::from_micros(1))),
            ("1ms", Kind::Timeout, Value::Duration(Duration::from_millis(1))),
            ("1", Kind::Multiplier, Value::Multiplier(1.0)),
            ("1.5", Kind::Multiplier, Value::Multiplier(1.5)),
            ("MIN", Kind::Count, Value::Rust),
            ("2 * 5", Kind::Count, Value::Rust),
            ("-N", Kind::Ratio, Value::Rust),
            ("2 as u32", Kind::Count, Value::Rust),
            ("1.0 / 3.0", Kind::Ratio, Value::Rust),
            ("Duration::from_secs(3)", Kind::Duration, Value::Rust),
            ("a::b::<C, D>", Kind::Function, Value::Rust),
        ] {
            assert_eq!(value(text, kind), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_out_of_range() {
        for (text, kind) in [
            ("0", Kind::Count),
            ("4294967296", Kind::Count),
            ("1000001", Kind::Size),
            ("1001", Kind::Buckets),
            ("0.0", Kind::Ratio),
            ("1.000000001", Kind::Ratio),
            ("1", Kind::Ratio),
            ("1.0", Kind::Jitter),
            ("0s", Kind::Duration),
            ("0.999us", Kind::Threshold),
            ("2 * 5", Kind::Threshold),
            ("0.999999ms", Kind::Timeout),
            ("0.9999", Kind::Multiplier),
            ("1e999", Kind::Multiplier),
            ("2 * 5", Kind::Duration),
            ("10", Kind::Function),
        ] {
            assert_eq!(value(text, kind), None, "{text}");
        }
    }

    #[test]
    fn durations_are_exact_up_to_the_longest() {
        assert_eq!(
            value("18446744073.709551615s", Kind::Duration),
            Some(Value::Duration(Duration::from_nanos(u64::MAX)))
        );
        assert_eq!(value("18446744073.709551616s", Kind::Duration), None);
        assert_eq!(value("0.0000000001s", Kind::Duration), None);
        assert_eq!(
            value("1.50000000000000000000000s", Kind::Duration),
            Some(Value::Duration(Duration::from_millis(1_500)))
        );
    }
}

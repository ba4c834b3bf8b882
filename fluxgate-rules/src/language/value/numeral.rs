//! Reads a number as the value of one argument: a count, a share, a duration.

use core::time::Duration;

use crate::language::foreign::Unit;
use crate::language::notation::with_unit;
use crate::language::number::{digits_of, from_radix, is_percent, lenient, same_unit, scaled, unit};
use crate::language::syntax::Value;
use crate::language::value::ValueReader;
use crate::language::vocabulary::{HALF_OPEN_TIMEOUT, KEY_IDLE, Kind};
use crate::model::duration::{Spelled, UNITS};
use crate::model::limits::MAX_TRIAL;
use crate::model::ratio::Ratio;
use crate::text::problem::Problem;

/// A number with its suffix.
struct Numeral<'a> {
    negative: bool,
    /// Digits, perhaps with a point and an exponent.
    digits: String,
    suffix: &'a str,
    percent: bool,
}

impl ValueReader<'_> {
    /// Reads a number.
    pub(crate) fn number(&self, negative: bool, text: &str, percent: bool) -> Result<Value, Problem> {
        if let Some(decimal) = from_radix(text) {
            let problem = self.wrong(format!("`{}` is not decimal", self.text));
            let decimal = decimal.ok().and_then(|decimal| {
                let digits = decimal[..digits_of(&decimal)].to_owned();
                self.right(&[decimal, digits])
            });
            return Err(self.suggest(problem, decimal));
        }
        let (digits, suffix) = text.split_at(digits_of(text));
        let numeral = Numeral { negative, digits: digits.replace('_', ""), suffix, percent };
        match self.parameter.kind {
            Kind::Count | Kind::Concurrency | Kind::Size | Kind::Buckets | Kind::Keys => self.count(&numeral),
            Kind::Ratio | Kind::Exceeded | Kind::Confidence | Kind::Jitter => self.ratio(&numeral),
            Kind::Duration | Kind::Threshold | Kind::Timeout => self.duration(&numeral),
            Kind::Multiplier => self.multiplier(&numeral),
            Kind::Function => Err(self.mismatch("a number").help("write the path of a function")),
        }
    }

    fn count(&self, numeral: &Numeral<'_>) -> Result<Value, Problem> {
        let whole = numeral.digits.bytes().all(|byte| byte.is_ascii_digit());
        let rounded = numeral.digits.parse().map_or(0, |number: f64| number as u64).to_string();
        let right = self.right(&[with_unit(&self.text, Unit::Plain), rounded]).filter(|_| !numeral.percent);
        let suggest = |problem: Problem| Err(self.suggest(problem, right.clone()));
        if numeral.percent {
            return suggest(self.mismatch("a ratio"));
        }
        if unit(numeral.suffix).is_some() {
            return Err(self.duration_for_count(&numeral.digits));
        }
        if !numeral.suffix.is_empty() {
            return suggest(self.suffixed(numeral));
        }
        if numeral.digits.contains(['e', 'E']) {
            return suggest(self.wrong(format!("`{}` has an exponent", self.text)));
        }
        if !whole {
            return suggest(self.wrong(format!("`{}` is not a whole number", self.text)).losing());
        }
        match numeral.digits.parse() {
            _ if numeral.negative => suggest(self.out_of_range()),
            Ok(number) if number < self.parameter.kind.least() => {
                Err(self.out_of_range().correct(self.parameter.kind.least().to_string()))
            }
            Ok(number) if number <= self.parameter.kind.greatest() => Ok(Value::Number(number)),
            _ => {
                // Counts beyond a trial's limit can only suit a closed breaker.
                let greatest = self.parameter.kind.greatest().min(u64::from(MAX_TRIAL));
                Err(self.out_of_range().correct(greatest.to_string()))
            }
        }
    }

    /// A duration in place of a number. Its digits are only an example, because that number is unknown; another
    /// argument may be the one that takes a duration.
    pub(crate) fn duration_for_count(&self, digits: &str) -> Problem {
        let problem = self.mismatch("a duration");
        // A length of buckets says nothing about their number.
        let digits = self.right(&[digits.to_owned()]).filter(|_| self.parameter.kind != Kind::Buckets);
        let problem = problem.example(digits.as_deref().unwrap_or(self.parameter.example));
        let other = match self.owner {
            "max_half_open_calls" => "how long a trial may take",
            "max_keys" => "how long an idle key is kept",
            _ => return problem,
        };
        let argument = if self.owner == "max_keys" { KEY_IDLE.name } else { HALF_OPEN_TIMEOUT.name };
        let text = self.text.replace(' ', "");
        let text = lenient(&text).map_or(text, |duration| Spelled(duration).to_string());
        problem.aside(format!("; {other} is `{argument} = {text}`"))
    }

    fn ratio(&self, numeral: &Numeral<'_>) -> Result<Value, Problem> {
        if unit(numeral.suffix).is_some() {
            return Err(self.mismatch("a duration").example(self.parameter.example));
        }
        if !numeral.suffix.is_empty() {
            let percent = format!("{}%", numeral.digits);
            let candidates = [numeral.digits.clone(), percent];
            let candidates = if is_percent(numeral.suffix) { &candidates[1..] } else { &candidates[..] };
            return Err(self.suggest(self.suffixed(numeral), self.right(candidates)));
        }
        let whole = numeral.digits.bytes().all(|byte| byte.is_ascii_digit());
        let share: f64 = numeral.digits.parse().unwrap_or(f64::INFINITY);
        if whole && !numeral.percent && share != 0.0 {
            let problem = self.wrong(format!("`{}` is not a ratio", self.text));
            return Err(self.correct_ratio(problem, numeral, share));
        }
        let share = if numeral.percent { share / 100.0 } else { share };
        let ratio = Ratio::new(if numeral.negative { -share } else { share });
        if self.takes(ratio) {
            return Ok(Value::Ratio(ratio));
        }
        let problem = self.out_of_range();
        Err(if numeral.negative || share <= 0.0 {
            problem.example(self.parameter.example)
        } else if let Some(certainty) = self.certainty(share) {
            problem.correct(certainty.to_string())
        } else if ratio.parts_per_billion() == 0
            && matches!(self.parameter.kind, Kind::Ratio | Kind::Exceeded)
        {
            problem.help("the smallest ratio is one part in a billion, `0.000000001`").correct("0.000000001")
        } else if ratio.parts_per_billion() == 0 {
            problem.example(self.parameter.example)
        } else if share < 1.0 {
            let help = "a ratio is in parts per billion, so the greatest one below 1 is `0.999999999`";
            problem.help(help).correct("0.999999999")
        } else if numeral.percent || share < 2.0 {
            match self.parameter.kind {
                Kind::Ratio => problem.correct("1.0"),
                // Only very many calls prove that a share close to 1 is exceeded.
                Kind::Exceeded => {
                    let aside = "; for all calls, remove `sure` and write `min(10) &` before it";
                    problem.example(self.parameter.example).aside(aside)
                }
                _ => problem.correct("0.99"),
            }
        } else {
            // `50.0` means `50%`, so nothing is lost.
            self.correct_ratio(self.wrong(problem.what), numeral, share)
        })
    }

    /// Whether the ratio is in the parameter's range.
    fn takes(&self, ratio: Ratio) -> bool {
        match self.parameter.kind {
            Kind::Jitter => ratio.is_part(),
            Kind::Exceeded => ratio.is_exceedable(),
            Kind::Confidence => ratio.is_confidence(),
            _ => ratio.is_valid(),
        }
    }

    /// The confidence for this uncertainty: 95% for `sure = 5%`.
    fn certainty(&self, share: f64) -> Option<Ratio> {
        let rest = Ratio::new(1.0 - share);
        Some(rest).filter(|rest| self.parameter.kind == Kind::Confidence && rest.is_confidence())
    }

    /// `50` may mean `50%`, `1` may mean `1.0`.
    fn correct_ratio(&self, problem: Problem, numeral: &Numeral<'_>, share: f64) -> Problem {
        let (share, ratio) = (share / 100.0, Ratio::new(share / 100.0));
        if numeral.negative || !self.takes(ratio) {
            return match self.certainty(share).filter(|_| !numeral.negative) {
                Some(certainty) => problem.correct(certainty.to_string()),
                None => problem.example(self.parameter.example),
            };
        }
        let digits = numeral.digits.strip_suffix(".0").unwrap_or(&numeral.digits);
        let percent = format!("{digits}%");
        match (digits, self.parameter.kind) {
            ("1", Kind::Ratio) => problem.correct("1.0").aside(" (all) or `1%`"),
            ("1", Kind::Exceeded) => problem.example(self.parameter.example),
            _ => problem.help(format!("write `{ratio}` or `{percent}`")).correct(percent),
        }
    }

    fn duration(&self, numeral: &Numeral<'_>) -> Result<Value, Problem> {
        const UNIT_NAMES: &str = "units are `h`, `m`, `s`, `ms` and `us`";
        let text = &self.text;
        let shortest = self.parameter.kind.shortest();
        let meant = |digits: &str| {
            let same = same_unit(numeral.suffix).map(|unit| format!("{digits}{unit}"));
            let spelled = lenient(&format!("{digits}{}", numeral.suffix));
            let spelled = spelled.map(|duration| Spelled(duration.max(shortest)).to_string());
            let candidates: Vec<_> = same.into_iter().chain(spelled).collect();
            self.right(&candidates)
        };
        if numeral.percent {
            return Err(self.mismatch("a ratio").example(self.parameter.example));
        }
        let number = with_unit(text, Unit::Plain);
        if numeral.suffix.is_empty() || number != *text && unit(numeral.suffix).is_none() {
            let with_units: Vec<_> =
                ["ms", "s"].map(|unit| format!("{}{unit}", number.replace('_', ""))).into();
            let least = self.parameter.least_milliseconds();
            let is_great = number.replace('_', "").parse().is_ok_and(|number: f64| number >= least);
            let problem = self.wrong(format!("`{text}` has no unit"));
            let [milliseconds, seconds] = with_units.as_slice() else { return Err(problem) };
            return Err(match self.right(&with_units[1..]) {
                Some(_) if is_great => {
                    problem.correct(milliseconds).aside(format!(" or `{seconds}`; {UNIT_NAMES}"))
                }
                right => self.suggest(problem, right).aside(format!("; {UNIT_NAMES}")),
            });
        }
        let Some((_, size)) = UNITS.into_iter().find(|&(unit, _)| unit == numeral.suffix) else {
            let problem = if numeral.suffix.contains(|character: char| character.is_ascii_digit()) {
                self.wrong(format!("`{text}` has more than one unit"))
            } else {
                self.wrong(format!("`{}` is not a unit: {UNIT_NAMES}", numeral.suffix))
            };
            return Err(self.suggest(problem, meant(&numeral.digits)));
        };
        if numeral.digits.contains(['e', 'E']) {
            let problem = self.wrong(format!("`{text}` has an exponent"));
            return Err(self.suggest(problem, meant(&numeral.digits)));
        }
        match scaled(&numeral.digits, size) {
            Some(0) => Err(self.out_of_range().example(self.parameter.example)),
            _ if numeral.negative => Err(self.suggest(self.out_of_range(), meant(&numeral.digits))),
            Some(nanos) if nanos < shortest.as_nanos() => {
                Err(self.out_of_range().correct(Spelled(shortest).to_string()))
            }
            Some(nanos) => u64::try_from(nanos)
                .map(|nanos| Value::Duration(Duration::from_nanos(nanos)))
                .map_err(|_| self.out_of_range().correct("5000000h")),
            None if numeral.digits.contains('.') => {
                let whole = numeral.digits.split('.').next().unwrap_or_default();
                let problem = self.wrong(format!("`{text}` is finer than a nanosecond, `0.001us`"));
                Err(self.suggest(problem, meant(whole)))
            }
            None => Err(self.out_of_range().correct("5000000h")),
        }
    }

    fn multiplier(&self, numeral: &Numeral<'_>) -> Result<Value, Problem> {
        if numeral.percent {
            return Err(self.mismatch("a ratio").example(self.parameter.example));
        }
        if unit(numeral.suffix).is_some() {
            return Err(self.mismatch("a duration").example(self.parameter.example));
        }
        if !numeral.suffix.is_empty() {
            // `2x`
            return Err(
                self.suggest(self.suffixed(numeral), self.right(core::slice::from_ref(&numeral.digits)))
            );
        }
        match numeral.digits.parse::<f64>() {
            Ok(number) if !numeral.negative && number >= 1.0 && number.is_finite() => {
                Ok(Value::Multiplier(number))
            }
            _ => Err(self.out_of_range().example(self.parameter.example)),
        }
    }

    fn suffixed(&self, numeral: &Numeral<'_>) -> Problem {
        self.wrong(format!(
            "the suffix `{}` does not belong here: `{}` takes {}",
            numeral.suffix,
            self.owner,
            self.parameter.kind.noun()
        ))
    }
}

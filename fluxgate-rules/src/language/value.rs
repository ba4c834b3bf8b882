//! Reads the value of one argument: a number, a ratio, a duration, or something that only the compiler knows.

mod numeral;

use crate::language::notation;
use crate::language::number::{digits_of, is_percent, lenient, same_unit, unit as duration_unit};
use crate::language::spelling::is_keyword;
use crate::language::syntax::Value;
use crate::language::vocabulary::{Kind, Parameter};
use crate::model::duration::Spelled;
use crate::model::ratio::Ratio;
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::problem::{Advice, Problem};
use crate::text::token::{Shape, Token, TokenRange, between_quotes, spell};

/// Words for "no limit", or for leaving the value to somebody else.
const NO_VALUES: [&str; 14] = [
    "_",
    "true",
    "false",
    "all",
    "any",
    "auto",
    "default",
    "forever",
    "half",
    "infinite",
    "infinity",
    "never",
    "none",
    "unlimited",
];

/// Reads one value.
pub(crate) struct ValueReader<'a> {
    /// The word or argument that takes the value.
    pub(crate) owner: &'a str,
    pub(crate) parameter: &'a Parameter,
    place: TokenRange,
    pub(crate) text: String,
    /// Whether this is only an attempt, so that messages need no help.
    is_guess: bool,
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

/// Reads a text that is nothing but the value.
pub(crate) fn read_text(text: &str, owner: &str, parameter: &Parameter) -> Result<Value, Problem> {
    let tokens = paired(text)?;
    read(&tokens, TokenRange::whole(&tokens), owner, parameter)
}

/// The tokens of a text that has not been checked yet; an error if its brackets do not match.
fn paired(text: &str) -> Result<Vec<Token>, Problem> {
    let tokens = lex(text).tokens;
    Brackets::pair(&tokens)?;
    Ok(tokens)
}

impl ValueReader<'_> {
    /// Makes sure that the suggestion itself is valid: corrects it, or falls back to the example.
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
    pub(crate) fn guess(&self, text: &str, is_guess: bool) -> Result<Value, Problem> {
        let tokens = paired(text)?;
        let place = TokenRange::whole(&tokens);
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
        // `Some(3)`
        if let [some, open, inside @ .., _] = slice
            && some.is("Some")
            && open.is("(")
            && let Some(right) = Some(spell(inside)).filter(|right| self.is_right(right))
        {
            let problem =
                self.wrong(format!("`{}` is an `Option`, and this takes the value itself", self.text));
            return Err(problem.correct(right));
        }
        // `$MIN`, `${MIN}`
        if let [sign, constant] | [sign, _, constant, _] = slice
            && sign.is("$")
            && constant.shape == Shape::Word
        {
            let problem = self.wrong(format!("`{}` is not how Rust names a constant", self.text));
            return Err(problem.correct(constant.text.as_str()));
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
                Err(self.pieces(&number.text, more))
            }
            rest if percent && !rest.iter().any(|token| token.shape == Shape::Number) => {
                Err(self.wrong("`%` may only follow a number").example(parameter.example))
            }
            _ if percent => Err(self.unreadable(slice)),
            rest if parameter.kind != Kind::Function && self.cannot_be_rust(rest) => {
                Err(self.unreadable(rest))
            }
            rest if !parameter.kind.is_duration() && names_duration(rest) => {
                Err(self.mismatch("a duration").example(parameter.example))
            }
            _ => Ok(Value::Rust),
        }
    }

    pub(crate) fn wrong(&self, what: impl Into<String>) -> Problem {
        Problem::new(self.place, what)
    }

    /// Suggests the right value, or an example if there is none.
    pub(crate) fn suggest(&self, problem: Problem, right: Option<String>) -> Problem {
        match right {
            Some(right) => problem.correct(right),
            None => problem.example(self.parameter.example),
        }
    }

    pub(crate) fn out_of_range(&self) -> Problem {
        self.wrong(self.parameter.kind.refuse(&self.text)).losing()
    }

    pub(crate) fn mismatch(&self, noun: &str) -> Problem {
        self.wrong(format!(
            "`{}` is {noun}, but `{}` takes {}",
            self.text,
            self.owner,
            self.parameter.kind.noun()
        ))
        .losing()
    }

    /// The first valid candidate.
    pub(crate) fn right(&self, candidates: &[String]) -> Option<String> {
        candidates.iter().find(|text| self.is_right(text)).cloned()
    }

    pub(crate) fn is_right(&self, text: &str) -> bool {
        !self.is_guess && self.guess(text, true).is_ok_and(|value| value != Value::Rust)
    }

    /// `60 s`, `1m 30s`, `50 percent` or `3 calls`.
    fn pieces(&self, number: &str, more: &[Token]) -> Problem {
        let joined = self.text.replace(' ', "");
        let spelled = lenient(&joined).map(|duration| Spelled(duration).to_string());
        let (_, unit) = joined.split_at(digits_of(&joined));
        let same = same_unit(unit).map(|unit| format!("{number}{unit}"));
        let percent = is_percent(unit).then(|| format!("{number}%"));
        let candidates: Vec<_> =
            [Some(joined.clone()), same, spelled, percent].into_iter().flatten().collect();
        if let Some(right) = self.right(&candidates) {
            return self.wrong(format!("there is a space in `{}`", self.text)).correct(right);
        }
        // `1 in 20`, `5 out of 10`
        if let [joining @ .., whole] = more
            && !joining.is_empty()
            && joining.iter().all(|word| ["in", "out", "of", "per"].iter().any(|it| word.is(it)))
            && let Some(right) = self.right(&[quotient(number, &whole.text)])
        {
            return self
                .wrong(format!("`{}` is not {}", self.text, self.parameter.kind.noun()))
                .correct(right);
        }
        if duration_unit(unit).is_some() && self.parameter.kind.is_count() {
            return self.duration_for_count(number);
        }
        let problem = if duration_unit(unit).is_some() {
            self.mismatch("a duration")
        } else if is_percent(unit) {
            self.mismatch("a ratio")
        } else {
            self.wrong(format!("`{}` is not {}", self.text, self.parameter.kind.noun()))
        };
        let problem = self.suggest(problem, self.right(&[number.to_owned()]));
        // `1s to 60s`
        let others = more.iter().filter(|piece| piece.shape == Shape::Number);
        let others: Vec<_> = others.map(|other| format!("`{}`", other.text)).collect();
        if others.is_empty() || problem.is_example() {
            return problem;
        }
        let loss = format!("it has no place for {}", others.join(" or "));
        Problem { losses: vec![loss.clone()], ..problem.aside(format!("; {loss}")) }
    }

    /// Whether it cannot be a Rust expression either: it contains no name and no arithmetic, or it is prose.
    fn cannot_be_rust(&self, tokens: &[Token]) -> bool {
        let has = |shape| tokens.iter().any(|token| token.shape == shape);
        let is_sum = !self.parameter.kind.is_duration()
            && has(Shape::Number)
            && !tokens.iter().any(|token| token.shape == Shape::Number && lenient(&token.text).is_some())
            && !tokens[0].is("+")
            && ["+", "-", "*", "/"].iter().any(|sign| tokens.iter().any(|token| token.is(sign)));
        // A quotient of whole numbers is not a valid ratio.
        let is_quotient = matches!(
            self.parameter.kind,
            Kind::Ratio | Kind::Exceeded | Kind::Confidence | Kind::Jitter | Kind::Multiplier
        ) && !has(Shape::Word)
            && tokens.iter().any(|token| token.is("/"))
            && !tokens.iter().any(|token| token.text.contains('.'));
        let is_open =
            ["+", "-", "*", "/", "&", "|", "."].iter().any(|sign| tokens[tokens.len() - 1].is(sign));
        let is_field =
            matches!(tokens, [number, point, ..] if number.shape == Shape::Number && point.is("."));
        let is_word = matches!(tokens, [word] if NO_VALUES.iter().any(|it| word.is(it)));
        let is_tuple = tokens[0].is("(") && tokens.iter().any(|token| token.is(","));
        !has(Shape::Word) && !is_sum
            || is_tuple
            || is_open
            || is_quotient
            || is_field
            || is_word
            || is_prose(tokens)
            || has(Shape::Unknown)
    }

    fn unreadable(&self, tokens: &[Token]) -> Problem {
        let is_sign = |token: &Token| matches!(token.shape, Shape::Punctuation | Shape::Open | Shape::Close);
        let start = tokens.iter().take_while(|token| is_sign(token)).count();
        let end =
            tokens.iter().rposition(|token| !is_sign(token) || token.is("%")).map_or(start, |last| last + 1);
        let bare = spell(tokens.get(start..end).unwrap_or(&[]));
        let guess = match tokens {
            // `1.s`
            [_, point, word] if point.is(".") && word.shape == Shape::Word => bare.replace('.', ""),
            [part, sign, whole] if sign.is("/") => quotient(&part.text, &whole.text),
            _ => String::new(),
        };
        self.wrong_kind(&[bare, guess])
    }

    /// The value is of the wrong kind, but one of these candidates may be right.
    fn wrong_kind(&self, candidates: &[String]) -> Problem {
        let problem = self.wrong(format!("`{}` is not {}", self.text, self.parameter.kind.noun()));
        self.suggest(problem, self.right(candidates))
    }

    fn quoted(&self) -> Problem {
        let mut problem = Problem { losses: Vec::new(), ..self.mismatch("in quotes") };
        let inside = between_quotes(&self.text);
        let inside = inside.filter(|inside| !inside.is_empty() && !inside.contains(['\\', '"', '\n']));
        // The text in the quotes may be wrong itself.
        let right = inside.filter(|_| !self.is_guess).and_then(|inside| {
            match read_text(inside, self.owner, self.parameter) {
                // Perhaps the name of a constant, but not a word.
                Ok(Value::Rust) if self.parameter.kind != Kind::Function => {
                    Some(inside.to_owned()).filter(|inside| inside.contains(char::is_uppercase))
                }
                Ok(_) => Some(inside.to_owned()),
                Err(inner) if inner.is_example() => {
                    if !inner.losses.is_empty() {
                        problem = self.wrong(inner.what).losing();
                    }
                    None
                }
                Err(inner) => {
                    let right = inner.suggestion().map(|suggestion| suggestion.replacement.clone());
                    if !inner.losses.is_empty() {
                        problem = self.wrong(inner.what).losing();
                    }
                    right
                }
            }
        });
        self.suggest(problem, right)
    }
}

/// A part of a whole as a ratio; out of range if either is not a number.
fn quotient(part: &str, whole: &str) -> String {
    let number = |text: &str| text.parse().unwrap_or(f64::NAN);
    Ratio::new(number(part) / number(whole)).to_string()
}

/// Whether a number and a word stand in a row, as in prose: `from 10 to 20`, `30% per minute`.
fn is_prose(tokens: &[Token]) -> bool {
    let is_name = |token: &Token| token.shape == Shape::Word && (token.is("in") || !is_keyword(&token.text));
    let is_value = |token: &Token| matches!(token.shape, Shape::Number | Shape::Literal);
    let is_code = tokens.iter().any(|token| token.is("!") || token.shape == Shape::Open);
    let is_row =
        |pair: &[Token]| is_name(&pair[0]) && is_value(&pair[1]) || is_value(&pair[0]) && is_name(&pair[1]);
    let is_share = |it: &[Token]| is_value(&it[0]) && it[1].is("%") && it[2..].iter().all(is_name);
    !is_code && (tokens.windows(2).any(is_row) || tokens.windows(4).any(is_share))
}

/// Whether it is an expression such as `Duration::from_secs(60)`, but not a call that merely takes one.
pub(crate) fn names_duration(tokens: &[Token]) -> bool {
    let mut path = tokens.iter().take_while(|token| token.shape != Shape::Open);
    path.any(|token| token.is("Duration")) && !tokens[0].is("|")
}

#[cfg(test)]
mod tests {
    use super::read_text;
    use crate::language::syntax::Value;
    use crate::language::vocabulary::{Kind, Parameter};
    use crate::model::ratio::Ratio;
    use core::time::Duration;

    fn value(text: &str, kind: Kind) -> Option<Value> {
        let parameter = Parameter { name: "name", kind, example: "1" };
        read_text(text, "owner", &parameter).ok()
    }

    #[test]
    fn reads_what_is_right() {
        for (text, kind, expected) in [
            ("1", Kind::Count, Value::Number(1)),
            ("4_294_967_295", Kind::Count, Value::Number(4_294_967_295)),
            ("2", Kind::Concurrency, Value::Number(2)),
            ("1000000", Kind::Size, Value::Number(1_000_000)),
            ("1000", Kind::Buckets, Value::Number(1_000)),
            ("0.5", Kind::Ratio, Value::Ratio(Ratio::new(0.5))),
            ("1.0", Kind::Ratio, Value::Ratio(Ratio::ONE)),
            ("100%", Kind::Ratio, Value::Ratio(Ratio::ONE)),
            ("7.5%", Kind::Ratio, Value::Ratio(Ratio::new(0.075))),
            ("1e-9", Kind::Ratio, Value::Ratio(Ratio::from_parts_per_billion(1))),
            ("0.999999999", Kind::Exceeded, Value::Ratio(Ratio::from_parts_per_billion(999_999_999))),
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
            ("1", Kind::Concurrency),
            ("1000001", Kind::Size),
            ("1001", Kind::Buckets),
            ("0.0", Kind::Ratio),
            ("1.000000001", Kind::Ratio),
            ("1", Kind::Ratio),
            ("0.0", Kind::Exceeded),
            ("1.0", Kind::Exceeded),
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

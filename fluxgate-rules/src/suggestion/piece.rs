//! An argument as given, between two commas.

use crate::language::foreign::{Part, Unit, senses, unit_named};
use crate::language::notation::{figures, with_unit};
use crate::language::number::same_unit;
use crate::language::spelling::{nearest, snake};
use crate::language::syntax::Value;
use crate::language::value;
use crate::language::vocabulary::{Entry, Kind, Parameter, Vocabulary};
use crate::suggestion::filled::Filled;
use crate::suggestion::places::is_static;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell, spell_closure};

/// An argument as given: `name = value`, or a value without a name.
#[derive(Clone, Copy)]
pub(crate) struct Piece<'a> {
    /// Name and value.
    pub(crate) place: TokenRange,
    pub(crate) name: Option<&'a str>,
    pub(crate) value: TokenRange,
    tokens: &'a [Token],
}

impl<'a> Piece<'a> {
    /// Splits the text between two commas at `name =`, or at a mistaken form: `name: value`, and for a name that means
    /// one of the word's own, `name(value)`, `name == value`, `name >= value` and `name 5`.
    pub(crate) fn cut(
        vocabulary: &Vocabulary,
        entry: &'static Entry,
        tokens: &'a [Token],
        place: TokenRange,
    ) -> Self {
        let (name, value) = match place.of(tokens) {
            [name, open, .., _] if open.is("(") && keyword_known(vocabulary, entry, &name.text).is_some() => {
                (Some(name.text.as_str()), TokenRange::new(place.start + 2, place.end - 1))
            }
            [name, rest @ ..]
                if is_value_given(rest) && keyword_meant(vocabulary, entry, &name.text).is_some() =>
            {
                let start = place.start + 1 + end_of_signs(rest);
                (Some(name.text.as_str()), TokenRange::new(start, place.end))
            }
            [name, sign, rest @ ..]
                if name.shape == Shape::Word
                    && (sign.is("=") || sign.is(":"))
                    && !rest.first().is_some_and(|next| next.is(&sign.text)) =>
            {
                (Some(name.text.as_str()), TokenRange::new(place.start + 2, place.end))
            }
            _ => (None, place),
        };
        Self { place, name, value, tokens }
    }

    /// The value as written.
    pub(crate) fn text(&self) -> String {
        let tokens = self.value.of(self.tokens);
        if tokens.first().is_some_and(|first| first.is("|")) { spell_closure(tokens) } else { spell(tokens) }
    }

    /// The tokens of the value.
    pub(crate) fn tokens(&self) -> &'a [Token] {
        self.value.of(self.tokens)
    }

    /// Name and value.
    pub(crate) fn written(&self) -> String {
        self.name.map_or_else(|| self.text(), |name| format!("{name} = {}", self.text()))
    }

    /// The values among words and signs: `5 of 10`, `1s..60s`, `> 1s`. A calculation has none of its own.
    pub(crate) fn values(&self) -> Vec<String> {
        let tokens = self.tokens();
        let is_sign = |token: &Token, signs: &[&str]| signs.iter().any(|sign| token.is(sign));
        // `+/-` is not a sum.
        let is_alone = |at: usize| {
            let is_part = |at: usize| tokens.get(at).is_some_and(|token| is_sign(token, &["+", "/", "-"]));
            !is_part(at + 1) && !at.checked_sub(1).is_some_and(is_part)
        };
        let is_calculated = |(at, token): (usize, &Token)| {
            token.shape == Shape::Open || is_sign(token, &["+", "*", "/"]) && is_alone(at)
        };
        // `..` consists of two points.
        let has_fraction = tokens.split(|token| token.shape == Shape::Number).any(|signs| {
            matches!(signs, [.., point] if point.is(".")) && !matches!(signs, [.., point, _] if point.is("."))
        });
        let is_signed = tokens.first().is_some_and(|first| first.is("-"));
        if is_signed || has_fraction || tokens.iter().enumerate().any(is_calculated) {
            Vec::new()
        } else {
            figures(tokens)
        }
    }

    /// The argument as written or, in parts, its values.
    pub(crate) fn parts(&self, in_parts: bool) -> Vec<String> {
        if in_parts { self.values() } else { vec![self.written()] }
    }

    /// Reads it as the value of a parameter.
    pub(crate) fn read(&self, owner: &str, parameter: &Parameter) -> Result<Value, Problem> {
        value::read(self.tokens, self.value, owner, parameter)
    }

    /// Whether it is a known value for the parameter, not something that only the compiler knows.
    pub(crate) fn fits(&self, parameter: &Parameter) -> bool {
        self.read("", parameter).is_ok_and(|value| value != Value::Rust || parameter.kind == Kind::Function)
    }

    /// Whether the parameter takes it, or something close to it.
    pub(crate) fn resembles(&self, parameter: &Parameter) -> bool {
        match self.read("", parameter) {
            Ok(_) => true,
            Err(problem) => !problem.is_example() && problem.losses.is_empty(),
        }
    }

    /// The name of the constant that it is, or that it contains.
    pub(crate) fn constant(&self) -> Option<&'a str> {
        let is_constant =
            |token: &&Token| token.shape == Shape::Word && is_static(core::slice::from_ref(*token));
        let constant = self.value.of(self.tokens).iter().find(is_constant)?;
        Some(constant.text.as_str())
    }

    /// Whether it is a constant that may be the parameter's value: only the compiler knows.
    pub(crate) fn is_constant(&self, parameter: &Parameter) -> bool {
        self.constant().is_some() && self.read("", parameter) == Ok(Value::Rust)
    }

    /// A constant given without a name, as if its own were the argument's: `ALPHA` is one minus a confidence.
    pub(crate) fn named(self) -> Self {
        Self { name: self.name.or(self.constant()), ..self }
    }

    /// The keyword argument of which it is only the name.
    pub(crate) fn keyword_alone(
        &self,
        vocabulary: &Vocabulary,
        entry: &'static Entry,
    ) -> Option<&'static Parameter> {
        let name = self.text();
        if self.constant().is_some() { None } else { keyword_known(vocabulary, entry, &name) }
    }

    /// The unit that its name implies for the parameter's value: `cooldown(seconds = 45)`.
    fn unit(&self, parameter: &Parameter) -> Option<Unit> {
        let name = self.name?;
        if let Some(unit) = same_unit(name).filter(|_| parameter.kind.is_duration()) {
            return Some(Unit::Time(unit));
        }
        let snake = snake(name);
        if let Some((_, unit)) = unit_named(&snake).filter(|(stem, _)| *stem == parameter.name) {
            return Some(unit);
        }
        let sense = senses(name).into_iter().find(|sense| sense.part == Part::Keyword(parameter.name))?;
        Some(sense.unit).filter(|unit| *unit != Unit::Plain)
    }

    /// Its value if valid, or else what it was meant to be, or an example.
    pub(crate) fn right(&self, owner: &str, parameter: &Parameter) -> Filled {
        if let Some(unit) = self.unit(parameter) {
            let with_unit = with_unit(&self.text(), unit);
            match value::read_text(&with_unit, owner, parameter) {
                Ok(_) => return Filled::given(with_unit),
                Err(problem) if !problem.is_example() => {
                    if let Some(right) = Filled::suggested(&problem) {
                        return right;
                    }
                }
                Err(_) => {}
            }
        }
        match self.read(owner, parameter) {
            Ok(_) => Filled::given(self.text()),
            Err(problem) => {
                if problem.is_example()
                    && let Some(right) = self.value_among(owner, parameter)
                {
                    return right;
                }
                let losses = if self.value.is_empty() { Vec::new() } else { problem.losses.clone() };
                let right =
                    Filled::suggested(&problem).unwrap_or_else(|| Filled::new(parameter.example, true));
                Filled { losses, ..right }
            }
        }
    }

    /// The only one of its values that the parameter takes.
    fn value_among(&self, owner: &str, parameter: &Parameter) -> Option<Filled> {
        let is_taken = |value: &String| value::read_text(value, owner, parameter).is_ok();
        let (taken, others): (Vec<_>, Vec<_>) = self.values().into_iter().partition(is_taken);
        let [value] = taken.as_slice() else { return None };
        let losses = others.iter().map(|other| format!("it has no place for `{other}`")).collect();
        Some(Filled { losses, ..Filled::given(value.as_str()) })
    }

    pub(crate) fn is_number(&self) -> bool {
        self.value.of(self.tokens).first().is_some_and(|first| first.shape == Shape::Number)
    }
}

/// The end of the signs that stand between a name and its value, or are mistaken for one.
fn end_of_signs(tokens: &[Token]) -> usize {
    let is_sign = |token: &&Token| ["=", ":", ">", "≥"].iter().any(|sign| token.is(sign));
    tokens.iter().take_while(is_sign).count()
}

/// Whether what follows a name is a value, with or without a sign before it. `MAX::VALUE` begins with a path.
fn is_value_given(tokens: &[Token]) -> bool {
    match tokens {
        [one, two, ..] if one.is(":") && two.is(":") => false,
        [first, ..] => end_of_signs(tokens) > 0 || matches!(first.shape, Shape::Number | Shape::Literal),
        [] => false,
    }
}

/// The keyword argument of this name.
pub(crate) fn keyword(entry: &'static Entry, name: &str) -> Option<&'static Parameter> {
    entry.keywords.iter().find(|parameter| parameter.name == name)
}

/// The keyword argument with this name, ours or another library's.
pub(crate) fn keyword_known(
    vocabulary: &Vocabulary,
    entry: &'static Entry,
    name: &str,
) -> Option<&'static Parameter> {
    if let Some(own) = keyword(entry, name) {
        return Some(own);
    }
    let name = snake(name);
    let named = unit_named(&name);
    // `base_secs = 1` is not the base of a power.
    let takes_unit =
        |parameter: &&Parameter| !matches!(named, Some((_, Unit::Time(_)))) || parameter.kind.is_duration();
    let foreign = vocabulary.foreign(&name).find_map(|ours| keyword(entry, ours)).filter(takes_unit);
    // `max_secs = 60`
    foreign.or_else(|| keyword(entry, named?.0))
}

/// The keyword argument that was meant by a name: ours, another library's, or a misspelling.
pub(crate) fn keyword_meant(
    vocabulary: &Vocabulary,
    entry: &'static Entry,
    name: &str,
) -> Option<&'static Parameter> {
    let near = || nearest(name, entry.keywords.iter().map(|parameter| parameter.name));
    keyword_known(vocabulary, entry, name).or_else(|| keyword(entry, near()?))
}

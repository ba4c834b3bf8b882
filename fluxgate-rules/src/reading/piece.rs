//! An argument as given, between two commas.

use crate::language::foreign::Unit;
use crate::language::notation::with_unit;
use crate::language::number::same_unit;
use crate::language::syntax::Value;
use crate::language::value;
use crate::language::vocabulary::{Entry, Kind, Parameter};
use crate::reading::filled::Filled;
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
    /// Splits the text between two commas at `name =`, or at a mistaken form: `name: value`, `name(value)`, and for a
    /// name of the word's own, `name == value`, `name >= value` and `name 5`.
    pub(crate) fn cut(entry: &'static Entry, tokens: &'a [Token], place: TokenRange) -> Self {
        let (name, value) = match place.of(tokens) {
            [name, open, .., _] if open.is("(") && keyword(entry, &name.text).is_some() => {
                (Some(name.text.as_str()), TokenRange::new(place.start + 2, place.end - 1))
            }
            [name, rest @ ..] if keyword(entry, &name.text).is_some() && is_value_given(rest) => {
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

    /// Reads it as the value of a parameter.
    pub(crate) fn read(&self, owner: &str, parameter: &Parameter) -> Result<Value, Problem> {
        value::read(self.tokens, self.value, owner, parameter)
    }

    /// Whether it is a known value for the parameter, not something that only the compiler knows.
    pub(crate) fn fits(&self, parameter: &Parameter) -> bool {
        self.read("", parameter).is_ok_and(|value| value != Value::Rust || parameter.kind == Kind::Function)
    }

    /// Its value if valid, or else what it was meant to be, or an example.
    pub(crate) fn right(&self, owner: &str, parameter: &Parameter) -> Filled {
        // `cooldown(seconds = 45)`
        if let Some(unit) = self.name.and_then(same_unit).filter(|_| parameter.kind.is_duration()) {
            let with_unit = with_unit(&self.text(), Unit::Time(unit));
            if value::read_text(&with_unit, "", parameter).is_ok() {
                return Filled::given(with_unit);
            }
        }
        match self.read(owner, parameter) {
            Ok(_) => Filled::given(self.text()),
            Err(problem) => {
                let losses = if self.value.is_empty() { Vec::new() } else { problem.losses.clone() };
                let right =
                    Filled::suggested(&problem).unwrap_or_else(|| Filled::new(parameter.example, true));
                Filled { losses, ..right }
            }
        }
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

/// Whether what follows a name is a value, with a sign before it or none. `MAX::VALUE` begins with a path.
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

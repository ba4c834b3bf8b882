//! The arguments of a word, and what is wrong with them.

use crate::language::spelling::nearest;
use crate::language::syntax::{Argument, Value};
use crate::language::value;
use crate::language::vocabulary::{Entry, Kind, Parameter, WINDOW};
use crate::reading::call::Source;
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Place, Shape, Token};

/// The text between two commas.
#[derive(Clone, Copy)]
enum Piece {
    Positional(Place),
    /// `name = value`, or by mistake `name: value` or `name(value)`. The place covers all of it.
    Named {
        place: Place,
        value: Place,
    },
}

impl Source<'_> {
    /// Reads the arguments, and reports all that is wrong with them. If anything is, the result is incomplete.
    pub(crate) fn arguments(
        &mut self,
        entry: &'static Entry,
        place: Place,
        pieces: &[Place],
    ) -> Vec<Argument> {
        let pieces: Vec<_> = pieces.iter().map(|piece| self.piece(entry, *piece)).collect();
        if self.is_named_in_vain(entry, place, &pieces) {
            return Vec::new();
        }
        let positional: Vec<_> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Positional(place) => Some(*place),
                Piece::Named { .. } => None,
            })
            .collect();
        if self.is_disordered(entry, place, &positional) {
            return Vec::new();
        }
        if positional.len() < entry.positional.len() {
            self.too_few(entry, place, &positional, &pieces);
            return Vec::new();
        }
        if self.is_number_with_commas(entry, place, &positional) {
            return Vec::new();
        }
        let mut arguments = Vec::new();
        for (parameter, piece) in entry.positional.iter().zip(&positional) {
            arguments.extend(self.argument(entry.word, parameter, *piece));
        }
        if let Some(extra) = positional.get(entry.positional.len()) {
            self.extra(entry, place, &positional, *extra);
        } else if let Some(late) = pieces.iter().skip(positional.len()).find_map(|piece| match piece {
            Piece::Positional(late) => Some(*late),
            Piece::Named { .. } => None,
        }) {
            let mut values: Vec<_> = positional.iter().map(|place| self.spell(*place)).collect();
            values.extend(self.named_values(&pieces));
            let what = format!("`{}` goes before the named arguments", self.spell(late));
            self.report(Problem::new(late, what).correct_at(place, entry.with(&values)));
        }
        for piece in pieces {
            let Piece::Named { place: piece, value } = piece else { continue };
            let Some(argument) = self.named(entry, place, piece, value) else { continue };
            if arguments.iter().any(|other: &Argument| other.parameter.name == argument.parameter.name) {
                let what = format!("`{}` is given twice", argument.parameter.name);
                let with_comma = Place::new(piece.start - 1, piece.end);
                let problem = Problem::new(piece, what).help("remove one of them");
                self.report(problem.correct_at(with_comma, ""));
            }
            arguments.push(argument);
        }
        arguments
    }

    fn argument(&mut self, owner: &str, parameter: &'static Parameter, place: Place) -> Option<Argument> {
        match value::read(self.tokens, place, owner, parameter) {
            Ok(value) => Some(Argument { parameter, value, place }),
            Err(problem) => {
                self.report(problem);
                None
            }
        }
    }

    /// The named arguments, as written.
    fn named_values(&self, pieces: &[Piece]) -> Vec<String> {
        let named = pieces.iter().filter_map(|piece| match piece {
            Piece::Positional(_) => None,
            Piece::Named { place, .. } => Some(self.spell(*place)),
        });
        named.collect()
    }

    fn piece(&self, entry: &Entry, place: Place) -> Piece {
        match place.of(self.tokens) {
            [name, open, .., _]
                if open.is("(") && entry.keywords.iter().any(|parameter| name.is(parameter.name)) =>
            {
                Piece::Named { place, value: Place::new(place.start + 2, place.end - 1) }
            }
            [name, sign, rest @ ..]
                if name.shape == Shape::Word
                    && (sign.is("=") || sign.is(":"))
                    && !rest.first().is_some_and(|next| next.is(&sign.text)) =>
            {
                Piece::Named { place, value: Place::new(place.start + 2, place.end) }
            }
            _ => Piece::Positional(place),
        }
    }

    /// Reports a named argument of a word that has none.
    fn is_named_in_vain(&mut self, entry: &'static Entry, place: Place, pieces: &[Piece]) -> bool {
        let is_named = |piece: &Piece| {
            let Piece::Named { place, .. } = *piece else { return false };
            let name = self.tokens[place.start].text.as_str();
            entry.keywords.is_empty() && self.owner_of(name).is_none()
                || entry.positional.iter().any(|parameter| parameter.name == name)
        };
        if !pieces.iter().any(is_named) {
            return false;
        }
        let value = |piece: &Piece| match *piece {
            Piece::Named { value, .. } if is_named(piece) => self.spell(value),
            Piece::Positional(place) | Piece::Named { place, .. } => self.spell(place),
        };
        let mut values: Vec<_> = pieces.iter().map(value).collect();
        if entry.keywords.is_empty() {
            values.truncate(entry.positional.len());
        }
        let correction =
            if values.len() < entry.positional.len() { entry.example() } else { entry.with(&values) };
        let problem =
            Problem::new(place, format!("`{}` takes {}, without a name", entry.word, entry.wanted()));
        self.report(problem.correct(correction));
        true
    }

    /// A word of the same vocabulary that has an argument of this name.
    fn owner_of(&self, name: &str) -> Option<&'static Entry> {
        let has = |entry: &&Entry| entry.keywords.iter().any(|parameter| parameter.name == name);
        self.vocabulary.entries.iter().find(has)
    }

    fn named(&mut self, entry: &'static Entry, call: Place, piece: Place, value: Place) -> Option<Argument> {
        let name = self.tokens[piece.start].text.as_str();
        let Some(parameter) = entry.keywords.iter().find(|parameter| parameter.name == name) else {
            let problem = self.unknown_name(entry, call, piece, value);
            self.report(problem);
            return None;
        };
        if value.is_empty() {
            self.report(valueless(piece, parameter));
            return None;
        }
        let sign = Place::at(piece.start + 1);
        if !self.tokens[sign.start].is("=") {
            let correction = format!("{name} = {}", self.spell(value));
            self.report(
                Problem::new(sign, "a named argument is written with `=`").correct_at(piece, correction),
            );
        }
        self.argument(name, parameter, value)
    }

    fn unknown_name(&self, entry: &'static Entry, call: Place, piece: Place, value: Place) -> Problem {
        let name = self.tokens[piece.start].text.as_str();
        let what = format!("`{}` has no argument `{name}`", entry.word);
        if let Some(other) = self.owner_of(name) {
            let named = if value.is_empty() { format!("{name} = ..") } else { self.spell(piece) };
            let opening = call.of(self.tokens).iter().position(|token| token.shape == Shape::Open);
            let inside = Place::new(call.start + opening.map_or(0, |opening| opening + 1), call.end - 1);
            let pieces = self.brackets.split(self.tokens, inside);
            let first = pieces[0];
            let is_alike =
                matches!((entry.positional, other.positional), ([one], [two]) if one.kind == two.kind);
            let positional = if is_alike && first.start != piece.start {
                self.spell(first)
            } else {
                other.positional[0].example.to_owned()
            };
            // Keeps further arguments that the other word takes.
            let takes = |name: &Token| other.keywords.iter().any(|parameter| name.is(parameter.name));
            let others =
                pieces.into_iter().filter(|it| it.start != piece.start && takes(&self.tokens[it.start]));
            let values = [positional, named].into_iter().chain(others.map(|it| self.spell(it)));
            let correction = other.with(&values.collect::<Vec<_>>());
            let help = format!("`{}` has: write `{correction}`, or remove `{name}`", other.word);
            return Problem::new(piece, what).help(help).correct_at(call, correction);
        }
        let names = entry.keywords.iter().map(|parameter| parameter.name);
        let foreign = self.vocabulary.foreign(name).find(|ours| names.clone().any(|name| name == *ours));
        if let Some(near) = foreign.or_else(|| nearest(name, names.clone())) {
            let what = format!("{what}; did you mean `{near}`?");
            return Problem::new(Place::at(piece.start), what).corrected_by(near);
        }
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        Problem::new(piece, what).help(format!("it has {}", names.join(", ")))
    }

    /// Reports too few arguments. The correction keeps each given one where its kind fits.
    fn too_few(&mut self, entry: &'static Entry, place: Place, given: &[Place], pieces: &[Piece]) {
        let what = match given.len() {
            0 => format!("`{}` takes {}", entry.word, entry.wanted()),
            1 => format!("`{}` takes {}, and only one of them is given", entry.word, entry.wanted()),
            given => format!("`{}` takes {}, and only {given} of them are given", entry.word, entry.wanted()),
        };
        let mut rest = given.to_vec();
        let mut values = Vec::new();
        for parameter in entry.positional {
            let fits = |place: &Place| {
                let is_number = self.tokens[place.start].shape == Shape::Number;
                let value = value::read(self.tokens, *place, entry.word, parameter);
                value.is_ok_and(|value| value != Value::Rust || !is_number)
            };
            values.push(match rest.iter().position(fits) {
                Some(at) => self.spell(rest.remove(at)),
                None => parameter.example.to_owned(),
            });
        }
        let is_ours = |named: &String| {
            let name = named.split([' ', '(']).next();
            entry.keywords.iter().any(|parameter| Some(parameter.name) == name)
        };
        values.extend(self.named_values(pieces).into_iter().filter(is_ours));
        self.report(Problem::new(place, what).correct(entry.with(&values)));
    }

    /// `min(1,000)` and `failure_rate(0,5)`.
    fn is_number_with_commas(&mut self, entry: &'static Entry, place: Place, given: &[Place]) -> bool {
        let texts: Vec<_> = given.iter().map(|place| self.spell(*place)).collect();
        let is_whole = |text: &String| text.bytes().all(|byte| byte.is_ascii_digit());
        let ([parameter], [first, rest @ ..]) = (entry.positional, texts.as_slice()) else { return false };
        if rest.is_empty() || !is_whole(first) {
            return false;
        }
        let reads = |text: &str| {
            let tokens = lex(text).tokens;
            value::read(&tokens, Place::new(0, tokens.len()), entry.word, parameter).is_ok()
        };
        let (whole, decimal) = (texts.concat(), texts.join("."));
        let (what, number) = if rest.iter().all(|text| text.len() == 3 && is_whole(text)) && reads(&whole) {
            ("a number is written without commas", whole)
        } else if rest.len() == 1
            && rest[0].starts_with(|sign: char| sign.is_ascii_digit())
            && reads(&decimal)
        {
            ("a number is written with a point, not with a comma", decimal)
        } else {
            return false;
        };
        self.report(Problem::new(place, what).correct(entry.with(&[number])));
        true
    }

    /// Reports an argument too many: a value that lacks its name, or anything else.
    fn extra(&mut self, entry: &'static Entry, place: Place, given: &[Place], extra: Place) {
        let text = self.spell(extra);
        if let Some(parameter) = entry.keywords.iter().find(|parameter| parameter.name == text) {
            return self.report(valueless(extra, parameter));
        }
        let fits = |parameter: &&Parameter| {
            value::read(self.tokens, extra, entry.word, parameter).is_ok_and(|value| value != Value::Rust)
        };
        if let Some(parameter) = entry.keywords.iter().find(fits) {
            let problem = Problem::new(extra, format!("`{text}` needs a name"));
            return self.report(problem.correct(format!("{} = {text}", parameter.name)));
        }
        let kept: Vec<_> =
            given.iter().take(entry.positional.len()).map(|place| self.spell(*place)).collect();
        let rest = if entry.keywords.is_empty() { "" } else { " without a name" };
        let what = format!("`{}` takes {}, and nothing else{rest}", entry.word, entry.wanted());
        let correction = entry.with(&kept);
        let help = match self.times(extra) {
            Some(window) => format!("write `{correction}`; {window} says how far back it looks"),
            None => format!("write `{correction}`"),
        };
        self.report(Problem::new(place, what).help(help).correct(correction));
    }

    /// What to do with something that does not belong here.
    pub(crate) fn remove_it(&self, place: Place) -> String {
        match self.times(place) {
            Some(window) => format!("remove it; {window} says how far back a rule looks"),
            None => "remove it".to_owned(),
        }
    }

    /// The window that a duration in a rule may have been meant for: `failures(5) within 60s`.
    fn times(&self, place: Place) -> Option<String> {
        let [parameter] = WINDOW.entry("time")?.positional else { return None };
        let is_duration = |at: &usize| {
            value::read(self.tokens, Place::at(*at), "time", parameter)
                .is_ok_and(|value| value != Value::Rust)
        };
        let at = (place.start..place.end).find(is_duration).filter(|_| self.vocabulary.is_joined())?;
        Some(format!("`window = time({})`", self.tokens[at].text))
    }

    /// `slow_rate(2s, 0.3)`: the right arguments in another order.
    fn is_disordered(&mut self, entry: &'static Entry, place: Place, given: &[Place]) -> bool {
        let fits = |parameter: &Parameter, place| {
            let value = value::read(self.tokens, place, entry.word, parameter);
            value.is_ok_and(|value| value != Value::Rust || parameter.kind == Kind::Function)
        };
        if given.len() != entry.positional.len()
            || entry.positional.iter().zip(given).all(|(one, two)| fits(one, *two))
        {
            return false;
        }
        let mut rest = given.to_vec();
        let mut values = Vec::new();
        for parameter in entry.positional {
            let Some(at) = rest.iter().position(|place| fits(parameter, *place)) else { return false };
            values.push(self.spell(rest.remove(at)));
        }
        let what = format!("`{}` takes {}, in this order", entry.word, entry.wanted());
        self.report(Problem::new(place, what).correct(entry.with(&values)));
        true
    }
}

fn valueless(place: Place, parameter: &Parameter) -> Problem {
    let problem = Problem::new(place, format!("`{}` has no value", parameter.name));
    problem.correct(format!("{} = {}", parameter.name, parameter.example))
}

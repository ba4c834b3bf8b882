//! A word and its arguments -> a [`Call`].

use crate::brackets::Brackets;
use crate::problem::Problem;
use crate::suggest::nearest;
use crate::syntax::{Argument, Call, Value};
use crate::token::{Place, Shape, Token, spell};
use crate::value;
use crate::vocabulary::{Entry, Kind, Parameter, Vocabulary};

/// What all the readers of one string or token stream share.
pub(crate) struct Source<'a> {
    pub(crate) tokens: &'a [Token],
    pub(crate) brackets: &'a Brackets,
    pub(crate) vocabulary: &'static Vocabulary,
    pub(crate) problems: Vec<Problem>,
}

/// What stands between two commas.
#[derive(Clone, Copy)]
enum Piece {
    Positional(Place),
    /// `name = value`, or by mistake `name: value`. The place is of all of it.
    Named {
        place: Place,
        value: Place,
    },
}

impl Source<'_> {
    pub(crate) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(crate) fn spell(&self, place: Place) -> String {
        spell(place.of(self.tokens))
    }

    /// Reads the arguments that may follow a word, and says where they end: `inside` the parentheses.
    pub(crate) fn parentheses(&mut self, opening: usize, end: usize) -> (Option<Place>, usize) {
        match self.tokens[..end].get(opening) {
            Some(token) if token.shape == Shape::Open => {
                let close = self.brackets.close(opening);
                let inside = Place::new(opening + 1, close);
                if !token.is("(") {
                    let place = Place::new(opening, close + 1);
                    let correction = format!("({})", self.spell(inside));
                    self.report(Problem::new(place, "arguments stand in parentheses").correct(correction));
                }
                (Some(inside), close + 1)
            }
            _ => (None, opening),
        }
    }

    /// Passes over the path before a word, which it should not have, and gives the word's index.
    pub(crate) fn path(&mut self, start: usize, end: usize) -> usize {
        let mut name = start;
        while let [_, first, second, word, ..] = &self.tokens[name..end]
            && first.is(":")
            && second.is(":")
            && word.shape == Shape::Word
        {
            name += 3;
        }
        if name > start {
            let what = format!("a {} is one word, without a path", self.vocabulary.noun);
            let correction = self.tokens[name].text.as_str();
            self.report(Problem::new(Place::new(start, name + 1), what).correct(correction));
        }
        name
    }

    /// Reads the word at `name` and its arguments, where it has any, which stand inside of `arguments`.
    pub(crate) fn call(&mut self, name: usize, arguments: Option<Place>) -> Option<Call> {
        let place = Place::new(name, arguments.map_or(name, |inside| inside.end) + 1);
        let pieces = match arguments {
            Some(inside) => self.brackets.split(self.tokens, inside),
            None => Vec::new(),
        };
        let Some(entry) = self.vocabulary.entry(&self.tokens[name].text) else {
            self.unknown(place, name, &pieces);
            return None;
        };
        if arguments.is_some() && entry.positional.is_empty() {
            let problem = Problem::new(place, format!("`{}` takes no arguments", entry.word));
            self.report(problem.correct(entry.word));
            return None;
        }
        let before = self.problems.len();
        let arguments = self.arguments(entry, place, &pieces);
        (self.problems.len() == before).then_some(Call { entry, place, arguments })
    }

    /// A word that is none of ours: another library's, a misspelling, or anything.
    fn unknown(&mut self, place: Place, name: usize, pieces: &[Place]) {
        let word = self.tokens[name].text.as_str();
        let what = format!("unknown {} `{word}`", self.vocabulary.noun);
        let foreign = self.vocabulary.foreign(word);
        let words = self.vocabulary.entries.iter().map(|entry| entry.word);
        let target = foreign.or_else(|| nearest(word, words.clone()));
        let Some(entry) = target.and_then(|word| self.vocabulary.entry(word)) else {
            let words: Vec<_> = words.map(|word| format!("`{word}`")).collect();
            return self
                .report(Problem::new(Place::at(name), what).help(format!("there are {}", words.join(", "))));
        };
        // With such arguments as ours takes, the word alone is wrong.
        let fits = |(parameter, piece): (&Parameter, &Place)| {
            foreign.is_none() || value::read(self.tokens, *piece, entry.word, parameter).is_ok()
        };
        let is_word_alone =
            pieces.len() == entry.positional.len() && entry.positional.iter().zip(pieces).all(fits);
        let place = if is_word_alone { Place::at(name) } else { place };
        let correction = if is_word_alone { entry.word.to_owned() } else { entry.example() };
        let problem = if foreign.is_some() {
            let values: Vec<_> = pieces.iter().map(|piece| self.spell(*piece)).collect();
            let ours = if is_word_alone { entry.with(&values) } else { entry.example() };
            Problem::new(place, what).help(format!("here it is `{ours}`"))
        } else {
            Problem::new(place, format!("{what}; did you mean `{correction}`?"))
        };
        self.report(problem.corrected_by(correction));
    }

    fn arguments(&mut self, entry: &'static Entry, place: Place, pieces: &[Place]) -> Vec<Argument> {
        let pieces: Vec<_> = pieces.iter().map(|piece| self.piece(*piece)).collect();
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
        let mut arguments = Vec::new();
        for (parameter, piece) in entry.positional.iter().zip(&positional) {
            arguments.extend(self.argument(entry.word, parameter, *piece));
        }
        if positional.len() < entry.positional.len() {
            self.miscounted(entry, place, &positional);
        } else if let Some(extra) = positional.get(entry.positional.len()) {
            self.extra(entry, place, &positional, *extra);
        } else if let Some(late) = pieces.iter().skip(positional.len()).find_map(|piece| match piece {
            Piece::Positional(late) => Some(*late),
            Piece::Named { .. } => None,
        }) {
            let mut values: Vec<_> = positional.iter().map(|place| self.spell(*place)).collect();
            values.extend(pieces.iter().filter_map(|piece| match piece {
                Piece::Positional(_) => None,
                Piece::Named { place, .. } => Some(self.spell(*place)),
            }));
            let what = format!("`{}` stands before the named arguments", self.spell(late));
            self.report(Problem::new(late, what).correct_at(place, entry.with(&values)));
        }
        for piece in pieces {
            let Piece::Named { place: piece, value } = piece else { continue };
            let Some(argument) = self.named(entry, place, piece, value) else { continue };
            if arguments.iter().any(|other: &Argument| other.parameter.name == argument.parameter.name) {
                let what = format!("`{}` is given twice", argument.parameter.name);
                let with_comma = Place::new(piece.start - 1, piece.end);
                let problem = Problem::new(piece, what).help("leave one of them out");
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

    fn piece(&self, place: Place) -> Piece {
        match place.of(self.tokens) {
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

    /// Names, where the word has no arguments with names.
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
        let values: Vec<_> = pieces.iter().map(value).collect();
        let correction =
            if values.len() < entry.positional.len() { entry.example() } else { entry.with(&values) };
        let problem =
            Problem::new(place, format!("`{}` takes {} without a name", entry.word, entry.wanted()));
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
            let first = self.brackets.split(self.tokens, Place::new(call.start + 2, call.end - 1))[0];
            let is_alike =
                matches!((entry.positional, other.positional), ([one], [two]) if one.kind == two.kind);
            let positional = if is_alike && first.start != piece.start {
                self.spell(first)
            } else {
                other.positional[0].example.to_owned()
            };
            let correction = other.with(&[positional, named]);
            let help = format!("`{}` has: write `{correction}`, or leave `{name}` out", other.word);
            return Problem::new(piece, what).help(help).correct_at(call, correction);
        }
        let names = entry.keywords.iter().map(|parameter| parameter.name);
        let foreign = self.vocabulary.foreign(name).filter(|ours| names.clone().any(|name| name == *ours));
        if let Some(near) = foreign.or_else(|| nearest(name, names.clone())) {
            let what = format!("{what}; did you mean `{near}`?");
            return Problem::new(Place::at(piece.start), what).corrected_by(near);
        }
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        Problem::new(piece, what).help(format!("it has {}", names.join(", ")))
    }

    /// Too few.
    fn miscounted(&mut self, entry: &'static Entry, place: Place, given: &[Place]) {
        let what = match given.len() {
            0 => format!("`{}` takes {}", entry.word, entry.wanted()),
            given => format!("`{}` takes {}, not only {given} of them", entry.word, entry.wanted()),
        };
        let value = |(index, parameter): (usize, &Parameter)| {
            given.get(index).map_or_else(|| parameter.example.to_owned(), |place| self.spell(*place))
        };
        let values: Vec<_> = entry.positional.iter().enumerate().map(value).collect();
        self.report(Problem::new(place, what).correct(entry.with(&values)));
    }

    /// Too many: a value that lacks its name, a number with commas in it, or anything.
    fn extra(&mut self, entry: &'static Entry, place: Place, given: &[Place], extra: Place) {
        let text = self.spell(extra);
        if let Some(parameter) = entry.keywords.iter().find(|parameter| parameter.name == text) {
            return self.report(valueless(extra, parameter));
        }
        let fits = |parameter: &&Parameter| {
            value::read(self.tokens, extra, entry.word, parameter).is_ok_and(|value| value != Value::Rust)
        };
        if let Some(parameter) = entry.keywords.iter().find(fits) {
            let problem = Problem::new(extra, format!("`{text}` has no name"));
            return self.report(problem.correct(format!("{} = {text}", parameter.name)));
        }
        let texts: Vec<_> = given.iter().map(|place| self.spell(*place)).collect();
        let is_number = |text: &String| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_grouped = texts.iter().all(is_number) && texts[1..].iter().all(|text| text.len() == 3);
        let problem = if is_grouped {
            let problem = Problem::new(place, "a number is written without commas");
            problem.correct(entry.with(&[texts.concat()]))
        } else {
            let kept = &texts[..entry.positional.len()];
            let what = format!("`{}` takes {}, and nothing else", entry.word, entry.wanted());
            Problem::new(place, what).correct(entry.with(kept))
        };
        self.report(problem);
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

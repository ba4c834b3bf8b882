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

impl Source<'_> {
    pub(crate) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(crate) fn spell(&self, place: Place) -> String {
        spell(place.of(self.tokens))
    }

    /// Reads the word at `name` and its arguments, where it has any, which stand inside of `arguments`.
    pub(crate) fn call(&mut self, name: usize, arguments: Option<Place>) -> Option<Call> {
        let place = Place::new(name, arguments.map_or(name, |inside| inside.end) + 1);
        let pieces = match arguments {
            Some(inside) => self.brackets.split(self.tokens, inside),
            None => Vec::new(),
        };
        let Some(entry) = self.vocabulary.entry(&self.tokens[name].text) else {
            self.unknown(place, name, pieces.len());
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
    fn unknown(&mut self, place: Place, name: usize, given: usize) {
        let word = self.tokens[name].text.as_str();
        let what = format!("unknown {} `{word}`", self.vocabulary.noun);
        let foreign = self.vocabulary.foreign.iter().find(|(theirs, _)| *theirs == word.to_lowercase());
        let words = self.vocabulary.entries.iter().map(|entry| entry.word);
        let target = foreign.map(|&(_, ours)| ours).or_else(|| nearest(word, words.clone()));
        let Some(entry) = target.and_then(|word| self.vocabulary.entry(word)) else {
            let words: Vec<_> = words.map(|word| format!("`{word}`")).collect();
            self.report(Problem::new(Place::at(name), what).help(format!("there are {}", words.join(", "))));
            return;
        };
        // With as many arguments as ours takes, the word alone is wrong.
        let (place, correction) = if given == entry.positional.len() {
            (Place::at(name), entry.word.to_owned())
        } else {
            (place, entry.example())
        };
        let what = if foreign.is_some() { what } else { format!("{what}; did you mean `{}`?", entry.word) };
        let mut problem = Problem::new(place, what);
        if foreign.is_some() {
            let example = entry.example();
            problem = problem.help(format!("here it is `{}`: write `{example}`", entry.word));
        }
        problem.correction = Some(correction);
        self.report(problem);
    }

    fn arguments(&mut self, entry: &'static Entry, place: Place, pieces: &[Place]) -> Vec<Argument> {
        let (positional, keywords): (Vec<Place>, Vec<Place>) =
            pieces.iter().partition(|piece| self.keyword(**piece).is_none());
        if self.is_swapped(entry, place, &positional) {
            return Vec::new();
        }
        let mut arguments = Vec::new();
        for (parameter, &piece) in entry.positional.iter().zip(&positional) {
            arguments.extend(self.argument(entry.word, parameter, piece));
        }
        if positional.len() != entry.positional.len() {
            self.miscounted(entry, place, &positional);
        }
        for piece in keywords {
            if let Some(argument) = self.keyword_argument(entry, piece) {
                if arguments.iter().any(|other| other.parameter.name == argument.parameter.name) {
                    let what = format!("`{}` stands here twice", argument.parameter.name);
                    self.report(Problem::new(piece, what).help("leave one of them out"));
                }
                arguments.push(argument);
            }
        }
        arguments
    }

    fn argument(&mut self, owner: &str, parameter: &'static Parameter, place: Place) -> Option<Argument> {
        match value::read(self.tokens, place, owner, parameter.kind) {
            Ok(value) => Some(Argument { parameter, value, place }),
            Err(problem) => {
                self.report(problem);
                None
            }
        }
    }

    /// The name, where a piece is `name = value` or, by mistake, `name: value`.
    fn keyword(&self, piece: Place) -> Option<&str> {
        match piece.of(self.tokens) {
            [name, sign, rest @ ..] if name.shape == Shape::Word => {
                let doubled = rest.first().is_some_and(|next| next.is(&sign.text));
                ((sign.is("=") || sign.is(":")) && !doubled).then_some(name.text.as_str())
            }
            _ => None,
        }
    }

    fn keyword_argument(&mut self, entry: &'static Entry, piece: Place) -> Option<Argument> {
        let name = self.tokens[piece.start].text.as_str();
        let value = Place::new(piece.start + 2, piece.end);
        let Some(parameter) = entry.keywords.iter().find(|parameter| parameter.name == name) else {
            let problem = self.unknown_keyword(entry, piece, value);
            self.report(problem);
            return None;
        };
        let sign = Place::at(piece.start + 1);
        if !self.tokens[sign.start].is("=") {
            self.report(Problem::new(sign, "a named argument is written with `=`").correct(" ="));
        }
        if value.is_empty() {
            let correction = format!("{name} = {}", parameter.kind.example());
            self.report(Problem::new(piece, format!("`{name}` has no value")).correct(correction));
            return None;
        }
        self.argument(name, parameter, value)
    }

    fn unknown_keyword(&self, entry: &'static Entry, piece: Place, value: Place) -> Problem {
        let name = self.tokens[piece.start].text.as_str();
        let what = format!("`{}` has no argument `{name}`", entry.word);
        // `min(count = 10)`: the value is right, it only needs no name.
        if entry.positional.iter().any(|parameter| parameter.name == name) && !value.is_empty() {
            return Problem::new(piece, format!("`{name}` is not written out")).correct(self.spell(value));
        }
        if let Some(near) = nearest(name, entry.keywords.iter().map(|parameter| parameter.name)) {
            let mut problem = Problem::new(Place::at(piece.start), format!("{what}; did you mean `{near}`?"));
            problem.correction = Some(near.to_owned());
            return problem;
        }
        let has = |other: &&Entry| other.keywords.iter().any(|parameter| parameter.name == name);
        let problem = Problem::new(piece, what);
        if let Some(other) = self.vocabulary.entries.iter().find(has) {
            let value = if value.is_empty() { "..".to_owned() } else { self.spell(value) };
            let example = other.example();
            let call = example.strip_suffix(')').unwrap_or(&example);
            return problem
                .help(format!("`{}` has: write `{call}, {name} = {value})`, or leave it out", other.word));
        }
        let names: Vec<_> = entry.keywords.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
        if names.is_empty() {
            return problem.help(format!("write `{}`", entry.example()));
        }
        problem.help(format!("there are {}", names.join(", ")))
    }

    /// Too many or too few.
    fn miscounted(&mut self, entry: &'static Entry, place: Place, given: &[Place]) {
        let wanted: Vec<_> = entry.positional.iter().map(|parameter| parameter.kind.noun()).collect();
        let wanted = match wanted.as_slice() {
            [first, middle @ .., last] if !middle.is_empty() => {
                format!("{first}, {} and {last}", middle.join(", "))
            }
            wanted => wanted.join(" and "),
        };
        let what = format!("`{}` takes {wanted}", entry.word);
        let values = entry.positional.iter().enumerate().map(|(index, parameter)| match given.get(index) {
            Some(&place) if !place.is_empty() => self.spell(place),
            _ => parameter.kind.example().to_owned(),
        });
        let values: Vec<_> = values.collect();
        self.report(Problem::new(place, what).correct(format!("{}({})", entry.word, values.join(", "))));
    }

    /// `slow_rate(2s, 0.3)`: each argument is wrong, but right for the other.
    fn is_swapped(&mut self, entry: &'static Entry, place: Place, given: &[Place]) -> bool {
        let ([first, second], &[one, two]) = (entry.positional, given) else { return false };
        let fits = |parameter: &Parameter, place| {
            let value = value::read(self.tokens, place, entry.word, parameter.kind);
            value.is_ok_and(|value| value != Value::Rust || parameter.kind == Kind::Function)
        };
        let swapped = fits(first, two) && fits(second, one) && !fits(first, one) && !fits(second, two);
        if swapped {
            let what = format!(
                "the arguments of `{}` are {} and {}, in this order",
                entry.word,
                first.kind.noun(),
                second.kind.noun()
            );
            let correction = format!("{}({}, {})", entry.word, self.spell(two), self.spell(one));
            self.report(Problem::new(place, what).correct(correction));
        }
        swapped
    }
}

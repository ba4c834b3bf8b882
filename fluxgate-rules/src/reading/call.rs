//! A word in any spelling, and what follows it -> a [`Call`].

use crate::language::spelling::is_keyword;
use crate::language::syntax::Call;
use crate::language::vocabulary::{Entry, Kind, Vocabulary};
use crate::reading::suggestion::{is_known, meant};
use crate::text::brackets::Brackets;
use crate::text::problem::Problem;
use crate::text::token::{Place, Shape, Token, spell};

/// The state shared by all readers of one string or token stream.
pub(crate) struct Source<'a> {
    pub(crate) tokens: &'a [Token],
    pub(crate) brackets: &'a Brackets,
    pub(crate) vocabulary: &'static Vocabulary,
    pub(crate) problems: Vec<Problem>,
}

/// A word, perhaps with a path before it, raw, or with hyphens in place of underscores.
pub(crate) struct Name {
    pub(crate) place: Place,
    pub(crate) text: String,
}

impl<'a> Source<'a> {
    pub(crate) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(crate) fn spell(&self, place: Place) -> String {
        spell(place.of(self.tokens))
    }

    /// A name as written.
    fn spell_name(&self, name: &Name) -> String {
        self.spell(name.place).replace(" - ", "-")
    }

    pub(crate) fn token(&self, at: usize, end: usize) -> Option<&'a Token> {
        self.tokens[..end].get(at)
    }

    /// Reads the word at `at` with its arguments, or reports what is wrong.
    pub(crate) fn word(&mut self, at: &mut usize, end: usize) -> Option<Call> {
        let name = self.name(*at, end);
        *at = name.place.end;
        if self.is_macro(&name, at, end) {
            return None;
        }
        let group = self.token(*at, end).filter(|token| token.shape == Shape::Open).map(|_| *at);
        let arguments = group.map(|opening| Place::new(opening + 1, self.brackets.close(opening)));
        *at = arguments.map_or(*at, |inside| inside.end + 1);
        if self.is_compared(&name, arguments, at, end) || self.has_methods(&name, arguments, at, end) {
            return None;
        }
        self.call(&name, arguments)
    }

    fn name(&self, start: usize, end: usize) -> Name {
        let mut last = start;
        while let [_, first, second, word, ..] = &self.tokens[last..end]
            && first.is(":")
            && second.is(":")
            && word.shape == Shape::Word
        {
            last += 3;
        }
        let bare = |at: usize| {
            let text = &self.tokens[at].text;
            text.strip_prefix("r#").unwrap_or(text).to_owned()
        };
        let (mut text, mut after) = (bare(last), last + 1);
        let mut hyphenated = text.clone();
        let mut at = last;
        while let [_, sign, word, ..] = &self.tokens[at..end]
            && sign.is("-")
            && word.shape == Shape::Word
        {
            at += 2;
            hyphenated = format!("{hyphenated}_{}", bare(at));
            if is_known(self.vocabulary, &hyphenated) {
                (text, after) = (hyphenated.clone(), at + 1);
            }
        }
        Name { place: Place::new(start, after), text }
    }

    /// `concat!("min(10)")`, which is not expanded yet.
    fn is_macro(&mut self, name: &Name, at: &mut usize, end: usize) -> bool {
        let (Some(sign), Some(group)) = (self.token(*at, end), self.token(*at + 1, end)) else {
            return false;
        };
        if !sign.is("!") || group.shape != Shape::Open {
            return false;
        }
        let sign = *at;
        *at = self.brackets.close(sign + 1) + 1;
        let text = self.spell(name.place);
        self.report(if self.vocabulary.entry(&name.text).is_some() {
            let what = format!("`{text}` is not a macro");
            let problem = Problem::new(Place::new(name.place.start, sign + 1), what);
            problem.help("remove the `!`").correct(name.text.as_str())
        } else {
            let what = format!("`{text}!` is a macro, and this is read before macros are expanded");
            Problem::new(Place::new(name.place.start, *at), what)
                .help(format!("write the {} itself", self.vocabulary.noun))
        });
        true
    }

    /// `failure_rate > 0.5`, `min = 10` or `min 10`, which are clear enough to correct.
    fn is_compared(&mut self, name: &Name, arguments: Option<Place>, at: &mut usize, end: usize) -> bool {
        let is_sign = |token: &Token| ["<", ">", "=", ":", "≥", "≤"].contains(&token.text.as_str());
        let is_figure = |token: &Token| {
            matches!(token.shape, Shape::Number | Shape::Literal)
                || ["-", ".", "%"].iter().any(|it| token.is(it))
        };
        let mut start = *at;
        while self.token(start, end).is_some_and(is_sign) {
            start += 1;
        }
        let is_compared = start > *at;
        let mut after = start;
        while self.token(after, end).is_some_and(is_figure) {
            after += 1;
        }
        let has_number =
            Place::new(start, after).of(self.tokens).iter().any(|token| token.shape != Shape::Punctuation);
        if !has_number {
            // A user's constant, unless it is the next condition.
            after = match self.token(start, end) {
                Some(word) if is_compared && word.shape == Shape::Word && !self.begins(start, end) => {
                    self.name(start, end).place.end
                }
                None if is_compared && !self.vocabulary.is_joined() => start,
                _ => return false,
            };
        }
        let value = Place::new(start, after);
        // `failure_rate<0.5>`
        after += usize::from(is_compared && self.token(after, end).is_some_and(|sign| sign.is(">")));
        let rest = Place::new(*at, after);
        *at = after;
        let place = Place::new(name.place.start, after);
        if let Some(inside) = arguments.filter(|inside| !inside.is_empty()) {
            if self.call(name, Some(inside)).is_some() {
                let what = format!("`{}` does not belong here", self.spell(rest));
                self.report(Problem::new(rest, what).help("remove it").correct(""));
            }
            return true;
        }
        let pieces = if value.is_empty() { Vec::new() } else { vec![value] };
        let Some(entry) = self.vocabulary.entry(&name.text) else {
            self.unknown(name, place, &pieces);
            return true;
        };
        let correction = match entry.positional {
            [_] if !value.is_empty() => entry.with(&[self.spell(value)]),
            _ => entry.example(),
        };
        let what = match entry.positional {
            [] => format!("`{}` takes no arguments", entry.word),
            _ => format!("`{}` takes {} in parentheses", entry.word, entry.wanted()),
        };
        self.report(Problem::new(place, what).correct(correction));
        true
    }

    /// `cooldown(60s).jitter(0.1)`, which is how it is written in Rust, or `cooldown(60s) & jitter(0.1)`.
    fn has_methods(&mut self, name: &Name, arguments: Option<Place>, at: &mut usize, end: usize) -> bool {
        let (Some(entry), Some(inside)) = (self.vocabulary.entry(&name.text), arguments) else {
            return false;
        };
        let mut values: Vec<_> =
            self.brackets.split(self.tokens, inside).into_iter().map(|piece| self.spell(piece)).collect();
        let start = *at;
        while let [point, word, open, ..] = &self.tokens[*at..end]
            && [".", ",", "&", "+", "|"].iter().any(|sign| point.is(sign))
            && open.is("(")
            && entry.keywords.iter().any(|parameter| word.is(parameter.name))
        {
            let close = self.brackets.close(*at + 2);
            values.push(format!("{} = {}", word.text, self.spell(Place::new(*at + 3, close))));
            *at = close + 1;
        }
        if *at == start {
            return false;
        }
        let methods = Place::new(start, *at);
        let what = format!("`{}` is an argument of `{}` here", self.tokens[start + 1].text, entry.word);
        let whole = Place::new(name.place.start, *at);
        self.report(Problem::new(methods, what).correct_at(whole, entry.with(&values)));
        true
    }

    /// Whether a condition begins here, judging by its first words.
    pub(crate) fn begins(&self, at: usize, end: usize) -> bool {
        let Some(token) = self.token(at, end) else { return false };
        match token.shape {
            Shape::Open => true,
            Shape::Word => {
                let name = self.name(at, end);
                is_known(self.vocabulary, &name.text)
                    || token.is("not")
                    || self.token(name.place.end, end).is_some_and(|next| next.is("("))
            }
            _ => token.is("!") && self.token(at + 1, end).is_some(),
        }
    }

    /// Reads the arguments of a name, which are at `arguments`, if there are any.
    fn call(&mut self, name: &Name, arguments: Option<Place>) -> Option<Call> {
        let place = Place::new(name.place.start, arguments.map_or(name.place.end, |inside| inside.end + 1));
        let pieces = match arguments {
            Some(inside) => self.brackets.split(self.tokens, inside),
            None => Vec::new(),
        };
        let Some(entry) = self.vocabulary.entry(&name.text) else {
            self.unknown(name, place, &pieces);
            return None;
        };
        let before = self.problems.len();
        let written = self.spell_name(name);
        if written != entry.word {
            let what = if written.contains("::") {
                format!("{} is written without a path", self.vocabulary.a_noun())
            } else {
                format!("`{written}` is written `{}`", entry.word)
            };
            self.report(Problem::new(name.place, what).correct(entry.word));
        }
        if let Some(inside) = arguments {
            if entry.positional.is_empty() {
                self.needless(entry, place, inside);
                return None;
            }
            let group = Place::new(inside.start - 1, inside.end + 1);
            if !self.tokens[group.start].is("(") {
                let correction = format!("({})", self.spell(inside));
                self.report(Problem::new(group, "arguments go in parentheses").correct(correction));
            }
        }
        let arguments = self.arguments(entry, place, &pieces);
        (self.problems.len() == before).then_some(Call { entry, place, arguments })
    }

    /// `closed()`, or `closed(failures(5))`.
    fn needless(&mut self, entry: &'static Entry, place: Place, inside: Place) {
        let text = self.spell(inside);
        let is_group = inside.of(self.tokens).iter().any(|token| token.is("|"));
        let correction = if !self.vocabulary.is_joined() || !self.begins(inside.start, inside.end) {
            entry.word.to_owned()
        } else if is_group {
            format!("{} & ({text})", entry.word)
        } else {
            format!("{} & {text}", entry.word)
        };
        let problem = Problem::new(place, format!("`{}` takes no arguments", entry.word));
        self.report(problem.correct(correction));
    }

    /// Reports a word that is not ours: another library's, a misspelling, or anything else.
    fn unknown(&mut self, name: &Name, place: Place, pieces: &[Place]) {
        let what = format!("unknown {} `{}`", self.vocabulary.noun, self.spell_name(name));
        let values: Vec<_> = pieces.iter().map(|piece| self.spell(*piece)).collect();
        let Some(meant) = meant(self.vocabulary, &name.text, &values) else {
            let problem = self.unlike(name, place, Problem::new(name.place, what));
            return self.report(problem);
        };
        // If the arguments fit our word, only the word is wrong.
        let is_word_alone = meant.text == meant.entry.with(&values) && place == self.written(name);
        let (place, correction) =
            if is_word_alone { (name.place, meant.entry.word) } else { (place, meant.text.as_str()) };
        self.report(if meant.is_misspelt {
            Problem::new(place, format!("{what}; did you mean `{correction}`?")).corrected_by(correction)
        } else {
            Problem::new(place, what).help(format!("write `{}`", meant.text)).correct(correction)
        });
    }

    /// The problem of a word that resembles none of ours: perhaps it is a value, or a user function.
    fn unlike(&self, name: &Name, place: Place, problem: Problem) -> Problem {
        let is_duration = name.place.of(self.tokens).iter().any(|token| token.is("Duration"));
        let takes_duration = |entry: &&Entry| matches!(entry.positional, [one] if one.kind == Kind::Duration);
        if is_duration && let Some(entry) = self.vocabulary.entries.iter().find(takes_duration) {
            let correction = entry.with(&[self.spell(place)]);
            return Problem { place, ..problem }.correct(correction);
        }
        let help = self.vocabulary.expected();
        let is_function = place == name.place && !is_keyword(&name.text);
        problem.help(match self.vocabulary.entry("custom").filter(|_| is_function) {
            Some(custom) => {
                format!("{help}; for a function of yours, write `{}`", custom.with(&[self.spell(place)]))
            }
            None => help,
        })
    }

    /// The place of a name with its arguments, if there are any in parentheses.
    fn written(&self, name: &Name) -> Place {
        let opening = name.place.end;
        match self.tokens.get(opening) {
            Some(token) if token.is("(") => Place::new(name.place.start, self.brackets.close(opening) + 1),
            _ => name.place,
        }
    }

    /// `any(a, b)` and `or(a, b)` as we would write them. Anything else stays as it is.
    pub(crate) fn joined(&self, place: Place) -> String {
        let [word, open, ..] = place.of(self.tokens) else { return self.spell(place) };
        let Some(operator) = function(word).filter(|_| open.is("(")) else { return self.spell(place) };
        let inside = Place::new(place.start + 2, place.end - 1);
        if self.brackets.close(place.start + 1) != inside.end || inside.is_empty() {
            return self.spell(place);
        }
        let members: Vec<_> =
            self.brackets.split(self.tokens, inside).into_iter().map(|member| self.joined(member)).collect();
        format!("({})", members.join(operator))
    }
}

/// The operator that a word stands for, if it is used as the name of a function.
pub(crate) fn function(word: &Token) -> Option<&'static str> {
    match word.text.to_lowercase().as_str() {
        "any" | "any_of" | "or" => Some(" | "),
        "all" | "all_of" | "and" => Some(" & "),
        _ => None,
    }
}

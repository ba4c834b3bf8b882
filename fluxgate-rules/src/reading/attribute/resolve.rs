//! What a named value means: one of our arguments, a part of one, or nothing that an attribute can express.

use core::cmp::Reverse;
use std::collections::BTreeSet;

use crate::language::foreign::{Part, Sense, Unit, exact, senses, unit_named};
use crate::language::notation;
use crate::language::number::same_unit;
use crate::language::spelling::nearest;
use crate::language::syntax::Value;
use crate::language::value;
use crate::language::vocabulary::{
    KEY_IDLE, Kind, MAX_HALF_OPEN_CALLS, MAX_KEYS, Parameter, RETRY, SINGLE_VALUES, TIMEOUT, TRIP,
};
use crate::reading::attribute::compose::setting::choice;
use crate::reading::attribute::entries::{Assignment, AttributeReader};
use crate::reading::attribute::tracker::is_closure;
use crate::reading::states::state;
use crate::suggestion::places::{
    SETTINGS, TRACKED, TRACKERS, is_static, setting_of_value, setting_of_word, vocabulary,
};
use crate::suggestion::{is_known, meant, meant_by};
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token, TokenRange, content, unquoted};

/// What an entry means.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Interpretation {
    /// A part of an argument, or all of it, with its value; and advice in case something was meant that no argument
    /// expresses.
    Part(Sense, String, Option<&'static str>),
    /// What to do instead.
    Elsewhere(&'static str),
    /// A value without a meaning.
    Nothing,
    /// A name that is unknown.
    Unknown,
}

impl AttributeReader<'_> {
    /// The libraries that use the name of an entry, in whatever sense.
    pub(crate) fn libraries(&self, entry: &Assignment) -> BTreeSet<&'static str> {
        let names = entry.name.iter().flat_map(|name| self.full_names(entry, name));
        let senses = names.map(|name| senses(&name)).find(|senses| !senses.is_empty()).unwrap_or_default();
        let libraries = senses.iter().flat_map(|sense| sense.libraries.split(", "));
        libraries.filter(|library| !library.is_empty()).collect()
    }

    /// What an entry means, given the libraries of all entries, each as often as an entry's name is from it.
    pub(crate) fn resolve(&self, entry: &Assignment, libraries: &[&str]) -> Interpretation {
        let value = self.spell(entry.value);
        let Some(name) = &entry.name else { return self.nameless(entry, &value) };
        for name in self.full_names(entry, name) {
            let found = self.known(&name, entry, &value, libraries);
            match found {
                Interpretation::Unknown => {}
                Interpretation::Part(sense, value, otherwise) if is_share(&sense) => {
                    let otherwise = otherwise.or((value == "1").then_some(ONE));
                    return Interpretation::Part(Sense { unit: Unit::Share, ..sense }, value, otherwise);
                }
                found => return found,
            }
        }
        Interpretation::Unknown
    }

    /// The name prefixed with the names of its groups, from all of them to none: `half_open { max_calls: 5 }` gives
    /// `half_open_max_calls`.
    fn full_names(&self, entry: &Assignment, name: &str) -> Vec<String> {
        let groups = entry.groups.rsplit(|group| self.is_argument(group)).next().unwrap_or_default();
        let full = (0..groups.len()).map(|at| format!("{}_{name}", groups[at..].join("_")));
        full.filter(|full| self.has_meaning(full)).chain([name.to_owned()]).collect()
    }

    fn known(&self, name: &str, entry: &Assignment, value: &str, libraries: &[&str]) -> Interpretation {
        let part =
            |setting, part| Interpretation::Part(Sense { part, ..whole(setting) }, value.to_owned(), None);
        // In a group named like one of our settings or words, no other meaning counts.
        if let Some(setting) = entry.groups.iter().rev().find_map(|group| setting_of_group(group)) {
            if let Some((_, own)) = own_part(name).find(|(its, _)| *its == setting) {
                return part(setting, own);
            }
            let mut within = senses(name);
            within.retain(|sense| sense.setting == setting);
            if let Some(sense) = fitting(&within, value) {
                return Interpretation::Part(sense, value.to_owned(), None);
            }
        }
        if let Some((text, _)) =
            self.names.iter().find(|(text, _)| *text == name && !is_pause_elsewhere(name))
        {
            return part(text, Part::Whole);
        }
        if let Some(tracker) = TRACKERS.into_iter().find(|tracker| *tracker == name) {
            let pattern = if value.is_empty() { "PATTERN" } else { value };
            return Interpretation::Part(whole("track"), format!("{tracker}({pattern})"), None);
        }
        if let Some(setting) = self.tracked(name, value) {
            return part(setting, Part::Whole);
        }
        // `half_open = 3`: a state takes no value.
        if name == "half_open" && takes(&whole(MAX_HALF_OPEN_CALLS.name), value) {
            return part(MAX_HALF_OPEN_CALLS.name, Part::Whole);
        }
        if let Some(setting) = self.called(name, entry.value) {
            return part(setting, Part::Whole);
        }
        if let Some((setting, own)) = own_part(name).next() {
            return part(setting, own);
        }
        // `cooldown_secs = 30`, `window_secs = 60`
        if let Some((stem, unit)) = unit_named(name)
            && let Some((setting, part)) = own_part(stem).next().or_else(|| timed_part(stem))
        {
            return Interpretation::Part(Sense { part, unit, ..whole(setting) }, value.to_owned(), None);
        }
        // `p99 = 500ms`
        let values: Vec<_> = Some(value.to_owned()).into_iter().filter(|value| !value.is_empty()).collect();
        if let Some(meant) = meant(&TRIP, name, &values).filter(|meant| !meant.is_misspelt && !is_exact(name))
        {
            return Interpretation::Part(whole("trip"), meant.right.text, None);
        }
        // A word close to one of ours more likely means that.
        if !is_exact(name) && self.nearest_argument(name).is_some() {
            return Interpretation::Unknown;
        }
        let mut senses = senses(name);
        senses.retain(|sense| sense.setting != "outcome");
        let order = |sense: &Sense| {
            let position = SETTINGS.iter().position(|vocabulary| vocabulary.setting == sense.setting);
            position.unwrap_or(SETTINGS.len())
        };
        senses.sort_by_key(order);
        // Apart from this entry's own.
        let mentions =
            |library: &str| libraries.iter().filter(|other| **other == library).count().saturating_sub(1);
        senses.sort_by_key(|sense| Reverse(sense.libraries.split(", ").map(mentions).max()));
        // `key = host, capacity = 100`
        let is_of_keys = |sense: &Sense| [MAX_KEYS.name, KEY_IDLE.name].contains(&sense.setting);
        if self.is_keyed() {
            senses.sort_by_key(|sense| !is_of_keys(sense));
        }
        // `permits = random(0.5)`: the value shows which of two similar words was meant.
        if !senses.iter().any(|sense| takes(sense, value))
            && self
                .nearest_argument(name)
                .map(whole)
                .is_some_and(|near| is_read(&near) && takes(&near, value))
        {
            return Interpretation::Unknown;
        }
        let elsewhere = senses.iter().find_map(|sense| match sense.part {
            Part::Elsewhere(help) => Some(help),
            Part::Whole if sense.setting == TIMEOUT.name => Some(LIMIT),
            _ => None,
        });
        match fitting(&senses, value) {
            Some(Sense { part: Part::Elsewhere(help), .. }) => Interpretation::Elsewhere(help),
            // `recordExceptions = []`
            Some(sense) if TRACKED.contains(&sense.setting) && ["[]", "{}"].contains(&value) => {
                Interpretation::Elsewhere("an empty list changes nothing: remove it")
            }
            Some(sense) if sense.part == Part::Choice && !takes(&sense, value) => Interpretation::Unknown,
            // The name may be that of a breaker defined elsewhere.
            Some(sense) if sense.setting == "name" && is_static(entry.value.of(self.tokens)) => {
                Interpretation::Part(Sense { setting: "breaker", ..sense }, value.to_owned(), None)
            }
            // `shared = true`
            Some(sense) if sense.part == Part::Whole && ["true", "false"].contains(&value) => {
                Interpretation::Part(sense, self.example(sense.setting).to_owned(), None)
            }
            Some(sense) => Interpretation::Part(
                sense,
                value.to_owned(),
                elsewhere.filter(|_| sense.setting != TIMEOUT.name),
            ),
            None => Interpretation::Unknown,
        }
    }

    /// The argument for a value that clearly is a tracker, despite its name: `failures = matches(Down)`.
    fn tracked(&self, name: &str, value: &str) -> Option<&'static str> {
        let own = own_part(name).map(|(setting, part)| Sense { part, ..whole(setting) });
        let senses: Vec<_> = own.chain(senses(name)).filter(|sense| sense.setting != "outcome").collect();
        let value = unquoted(value);
        let is_taken = senses.iter().any(|sense| takes(sense, value));
        if is_taken || !is_exact(name) && self.nearest_argument(name).is_some() {
            return None;
        }
        let is = |parts: &[Part]| senses.iter().any(|sense| parts.contains(&sense.part));
        let may_be_tracker = || {
            value.starts_with('[') || is_closure(&lex(value).tokens) || begins_with(value, &["all", "custom"])
        };
        let counts = [Part::Argument("failures", 0), Part::Argument("failure_streak", 0)];
        let is_tracker = begins_with(value, &TRACKERS) || is(&counts) && may_be_tracker();
        let setting =
            if is(&[Part::Successes, Part::Argument("success_rate", 0)]) { "success" } else { "track" };
        (is_tracker && !senses.is_empty()).then_some(setting)
    }

    /// The setting whose word a value calls, whatever its name means: `threshold = failures(5)`, `retries = cooldown(60s)`.
    /// Under a name for code, it may be the user's function.
    fn called(&self, name: &str, value: TokenRange) -> Option<&'static str> {
        let [word, open, ..] = value.of(self.tokens) else { return None };
        let is_code = |sense: &Sense| sense.part == Part::Whole && !is_read(sense);
        let is_other = state(&Token::new(Shape::Word, name)).is_some()
            || self.nearest_argument(name).is_some()
            || senses(name).iter().any(is_code);
        let setting =
            setting_of_word(&word.text).filter(|_| open.is("(") && !word.is("custom") && !is_other)?;
        let entry = vocabulary(setting)?.entry(&word.text)?;
        (!entry.positional.is_empty()).then_some(setting)
    }

    /// The last word of the path at the start of a value.
    fn path(&self, value: TokenRange) -> Option<&Token> {
        let mut at = value.start;
        let word = |at: usize| self.tokens[..value.end].get(at).filter(|token| token.shape == Shape::Word);
        while word(at).is_some()
            && self.tokens[at + 1..value.end].iter().take_while(|token| token.is(":")).count() == 2
        {
            at += 3;
        }
        word(at)
    }

    fn is_keyed(&self) -> bool {
        self.tokens.windows(2).any(|pair| pair[0].is("key") && pair[1].is("="))
    }

    /// The argument that a name misspells.
    pub(crate) fn nearest_argument(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.names.iter().map(|(text, _)| *text))
    }

    /// An unnamed value is resolved by its first word, or its kind.
    fn nameless(&self, entry: &Assignment, value: &str) -> Interpretation {
        let part =
            |setting, part| Interpretation::Part(Sense { part, ..whole(setting) }, value.to_owned(), None);
        let tokens = entry.value.of(self.tokens);
        if let [literal] = tokens
            && literal.shape == Shape::Literal
        {
            let Some(text) = content(&literal.text) else { return Interpretation::Nothing };
            let inside = lex(text).tokens;
            let word = inside.first().filter(|first| first.shape == Shape::Word);
            let is_value = |word: &&Token| inside.len() > 1 || setting_of_word(&word.text).is_some();
            return match word.filter(is_value).and_then(|word| setting_of_value(&word.text)) {
                Some(setting) => Interpretation::Part(whole(setting), text.to_owned(), None),
                None => Interpretation::Part(whole("name"), format!("\"{text}\""), None),
            };
        }
        if tokens.is_empty() {
            return Interpretation::Nothing;
        }
        // `consecutive_failures(5, backoff = ..)`: the value of its group.
        if let Some(group) = entry.groups.last()
            && let Some(Sense { setting, part: argument @ Part::Argument(..), .. }) =
                senses(group).first().copied()
        {
            return part(setting, argument);
        }
        let word = self.path(entry.value);
        if let Some(setting) = word.and_then(|word| setting_of_value(&word.text)) {
            return part(setting, Part::Whole);
        }
        let argument = |setting, word| part(setting, Part::Argument(word, 0));
        let kinds = [
            ("retry", "cooldown", Kind::Duration),
            ("trip", "failures", Kind::Count),
            ("trip", "failure_rate", Kind::Ratio),
        ];
        for (setting, word, kind) in kinds {
            let parameter = Parameter { name: "", kind, example: "" };
            let is_other = kind.is_duration() && notation::duration(tokens).is_some();
            let read = value::read(tokens, TokenRange::whole(tokens), "", &parameter);
            if is_other || read.is_ok_and(|read| read != Value::Rust) {
                return argument(setting, word);
            }
        }
        // `60 seconds`, `5 failures`
        if let [number, word, ..] = tokens
            && number.shape == Shape::Number
        {
            let vocabulary = if same_unit(&word.text).is_some() { &RETRY } else { &TRIP };
            if let Some(text) = meant_by(vocabulary, tokens, TokenRange::whole(tokens)) {
                return Interpretation::Part(whole(vocabulary.setting), text, None);
            }
        }
        if value::names_duration(tokens) {
            argument("retry", "cooldown")
        } else if is_static(tokens) {
            part("breaker", Part::Whole)
        } else {
            Interpretation::Nothing
        }
    }
}

/// The settings that have a word or a keyword of this name, and which part of the value it is.
fn own_part(name: &str) -> impl Iterator<Item = (&'static str, Part)> {
    SETTINGS.into_iter().filter_map(move |vocabulary| {
        let keywords = vocabulary.entries.iter().flat_map(|entry| entry.keywords);
        let keyword =
            keywords.map(|keyword| keyword.name).find(|keyword| *keyword == name).map(Part::Keyword);
        let word = || vocabulary.entry(name).map(|entry| Part::Argument(entry.word, 0));
        Some((vocabulary.setting, keyword.or_else(word)?))
    })
}

/// The part of one of our arguments that is a time, unless other libraries use its name for something else.
fn timed_part(name: &str) -> Option<(&'static str, Part)> {
    let is_time = |parameter: &&Parameter| parameter.kind.is_duration();
    if let Some(vocabulary) = vocabulary(name).filter(|vocabulary| !vocabulary.is_joined()) {
        let entry =
            vocabulary.entries.iter().find(|entry| entry.positional.first().as_ref().is_some_and(is_time));
        return entry.map(|entry| (vocabulary.setting, Part::Argument(entry.word, 0)));
    }
    let own = single(name).filter(is_time).filter(|_| !is_pause_elsewhere(name))?;
    Some((own.name, Part::Whole))
}

/// Whether a name is exactly one of another library's.
pub(crate) fn is_exact(name: &str) -> bool {
    !exact(name).is_empty()
}

/// Whether other libraries use one of our names for how long an open breaker waits: gobreaker's `timeout` does not
/// limit a call.
pub(crate) fn is_pause_elsewhere(name: &str) -> bool {
    exact(name).iter().any(|sense| sense.setting == RETRY.setting)
}

/// What else a word for a duration may mean.
pub(crate) const LIMIT: &str = "`timeout` is how long a call may take";

/// What else `1` may mean if it could be all calls or one in a hundred.
const ONE: &str = "one call in a hundred is `1%`";

/// Whether a number is a share, either from 0 to 1 or in percent.
fn is_share(sense: &Sense) -> bool {
    sense.unit == Unit::Plain && parameter(sense).is_some_and(|parameter| parameter.kind == Kind::Ratio)
}

/// The parameter that a sense is a value for, if any.
fn parameter(sense: &Sense) -> Option<&'static Parameter> {
    match sense.part {
        Part::Argument("success_rate", at) => TRIP.entry("failure_rate")?.positional.get(at),
        Part::Argument(word, at) => vocabulary(sense.setting)?.entry(word)?.positional.get(at),
        Part::Whole | Part::TrialCalls => single(sense.setting),
        Part::Successes | Part::FullWindow => TRIP.entry("min")?.positional.first(),
        _ => None,
    }
}

/// The parameter of an argument with a single value.
fn single(setting: &str) -> Option<&'static Parameter> {
    SINGLE_VALUES.into_iter().find(|parameter| parameter.name == setting)
}

/// Whether a sense's value is in our language, not code.
fn is_read(sense: &Sense) -> bool {
    parameter(sense).is_some() || vocabulary(sense.setting).is_some()
}

/// The whole value of one of our arguments.
fn whole(setting: &'static str) -> Sense {
    Sense { setting, part: Part::Whole, libraries: "", unit: Unit::Plain }
}

/// The setting that a group's name stands for.
fn setting_of_group(group: &str) -> Option<&'static str> {
    match vocabulary(group) {
        Some(vocabulary) => Some(vocabulary.setting),
        None => setting_of_value(group).filter(|setting| *setting != "trip" && *setting != "track"),
    }
}

/// The first sense that accepts a value, or else the first.
fn fitting(senses: &[Sense], value: &str) -> Option<Sense> {
    senses.iter().find(|sense| takes(sense, value)).or(senses.first()).copied()
}

/// Whether a sense accepts a value.
fn takes(sense: &Sense, value: &str) -> bool {
    let tokens = lex(&notation::with_unit(value, sense.unit)).tokens;
    let place = TokenRange::whole(&tokens);
    if let Some(parameter) = parameter(sense) {
        let is_time = value::read(&tokens, place, "", &TIMEOUT).is_ok_and(|read| read != Value::Rust);
        return match value::read(&tokens, place, "", parameter) {
            // A correction would drop its unit.
            _ if is_time && !parameter.kind.is_duration() => false,
            Ok(read) => read != Value::Rust || parameter.kind == Kind::Function,
            Err(problem) => problem.suggestion().is_some() && !problem.is_example(),
        };
    }
    match (sense.part, vocabulary(sense.setting)) {
        (Part::Whole, Some(vocabulary)) => {
            tokens.first().is_some_and(|first| is_known(vocabulary, &first.text))
                || meant_by(vocabulary, &tokens, place).is_some()
        }
        // `per = ramp_up(..)` and `per = 60s` are not keys.
        (Part::Whole, None) if sense.setting == "key" => {
            let is_time = value::read(&tokens, place, "", &TIMEOUT).is_ok_and(|read| read != Value::Rust);
            !is_time && tokens.first().is_none_or(|first| setting_of_word(&first.text).is_none())
        }
        (Part::Whole, None) => {
            !["fallback", "rejected"].contains(&sense.setting) || !begins_with(value, &TRACKERS)
        }
        (Part::Choice, Some(vocabulary)) => choice(vocabulary, value).is_some(),
        _ => true,
    }
}

/// Whether a value, perhaps negated, begins with one of these words, used like a tracker's.
fn begins_with(value: &str, words: &[&str]) -> bool {
    let tokens = lex(value).tokens;
    let negations = tokens.iter().take_while(|token| token.is("!")).count();
    let is_used = |word: &Token, next: Option<&Token>| {
        word.is("all") || word.is("server_errors") || next.is_some_and(|next| next.is("("))
    };
    match &tokens[negations..] {
        [word, rest @ ..] => words.contains(&word.text.as_str()) && is_used(word, rest.first()),
        [] => false,
    }
}

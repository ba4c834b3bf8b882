//! A window, a retry or a permit, composed from its parts.

use crate::language::foreign::Part;
use crate::language::spelling::snake;
use crate::language::syntax::Value;
use crate::language::value;
use crate::language::vocabulary::{Entry, Kind, Parameter, TIMEOUT, Vocabulary};
use crate::model::duration::Spelled;
use crate::suggestion::filled::Filled;
use crate::suggestion::parts::{GivenPart, bucket_count, read_or_right};
use crate::suggestion::places::{is_static, owner};
use crate::suggestion::{meant_by, right_call};
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token, TokenRange, spell, unquoted};

pub(super) fn setting(vocabulary: &'static Vocabulary, parts: &[GivenPart]) -> Option<Filled> {
    let parts = CallParts::sort(vocabulary, parts);
    // A whole value that cannot take the other parts is left as it is.
    if let Some(base) = &parts.base
        && parts.entry_of_base().is_none()
    {
        return Some(Filled::given(spell(base)));
    }
    let entry = parts.entry()?;
    let bucket = || parts.window_of_ten(entry);
    bucket().or_else(|| {
        let mut setting = right_call(vocabulary, entry, &parts.values(entry));
        setting.losses.extend(parts.losses(entry));
        Some(setting)
    })
}

/// The parts by what they contribute to a setting.
struct CallParts<'a> {
    vocabulary: &'static Vocabulary,
    all: &'a [GivenPart],
    /// A setting that the other parts complete.
    base: Option<Vec<Token>>,
    /// The word that a part names.
    chosen: Option<&'static Entry>,
    /// Values of positional arguments, with the word and the index.
    arguments: Vec<(&'static Entry, usize, &'a str)>,
    keywords: Vec<(&'static str, &'a str)>,
}

impl<'a> CallParts<'a> {
    fn sort(vocabulary: &'static Vocabulary, all: &'a [GivenPart]) -> Self {
        let mut parts =
            Self { vocabulary, all, base: None, chosen: None, arguments: Vec::new(), keywords: Vec::new() };
        for given in all {
            let value = given.value.as_str();
            match given.part {
                Part::Keyword(name) if !is_bucket_length(given) => parts.keywords.push((name, value)),
                Part::Whole => parts.complete(value),
                Part::Choice => parts.choose(choice(vocabulary, value)),
                Part::Flag(word) if is_true(value) => parts.choose(vocabulary.entry(word)),
                // `backoff = true`
                Part::Argument(word, 0) if is_truth(value) => {
                    parts.choose(vocabulary.entry(word).filter(|_| is_true(value)));
                }
                // `backoff = exponential(10s, 60s)` is a value, `backoff = exponential` only names one.
                Part::Argument(word, at) => match word_of(vocabulary, word, at, value) {
                    Some(_) if value.contains('(') => parts.complete(value),
                    Some(entry) => parts.choose(Some(entry)),
                    None => parts.arguments.extend(vocabulary.entry(word).map(|entry| (entry, at, value))),
                },
                _ => {}
            }
        }
        parts.add_jitter();
        parts
    }

    /// Jitter that is switched on without a number is half of the pause, as in Resilience4j.
    fn add_jitter(&mut self) {
        let is_on = |given: &GivenPart| given.part == Part::Flag("jitter") && is_true(&given.value);
        if self.all.iter().any(is_on) && self.keywords.iter().all(|(name, _)| *name != "jitter") {
            self.keywords.push(("jitter", "0.5"));
        }
    }

    fn choose(&mut self, entry: Option<&'static Entry>) {
        self.chosen = self.chosen.or(entry);
    }

    /// Takes a whole value as the base, unless there is one already.
    fn complete(&mut self, value: &str) {
        if self.base.is_some() {
            return;
        }
        let base = lex(unquoted(value)).tokens;
        // `window = 60s` means `time(60s)`.
        let is_number = base.first().is_some_and(|first| first.shape == Shape::Number);
        let meant = meant_by(self.vocabulary, &base, TokenRange::new(0, base.len())).filter(|_| is_number);
        self.base = Some(meant.map_or(base, |meant| lex(&meant).tokens));
    }

    /// The word that the parts are arguments of.
    fn entry(&self) -> Option<&'static Entry> {
        let has_keywords = |entry: &&'static Entry| {
            let takes = |name: &str| entry.keywords.iter().any(|parameter| parameter.name == name);
            self.keywords.iter().all(|(name, _)| takes(name))
        };
        let with_keywords =
            || self.vocabulary.entries.iter().filter(|_| !self.keywords.is_empty()).find(has_keywords);
        let has_buckets = self.all.iter().any(is_bucket_length);
        self.chosen
            .or_else(|| self.entry_of_arguments().filter(has_keywords))
            .or_else(|| self.entry_of_base().filter(has_keywords))
            .or_else(with_keywords)
            .or_else(|| owner(self.vocabulary, self.keywords.first()?.0))
            .or_else(|| self.entry_of_arguments())
            .or_else(|| self.entry_of_base())
            .or_else(|| self.vocabulary.entry("time").filter(|_| has_buckets))
    }

    fn entry_of_arguments(&self) -> Option<&'static Entry> {
        let fits = |(entry, at, text): &&(&'static Entry, usize, &str)| {
            entry.positional.get(*at).is_none_or(|parameter| is_value(text, parameter))
        };
        self.arguments.iter().find(fits).or(self.arguments.first()).map(|(entry, ..)| *entry)
    }

    fn entry_of_base(&self) -> Option<&'static Entry> {
        first_word(self.vocabulary, &self.base.as_ref()?.first()?.text)
    }

    /// The values that go in the parentheses of the word.
    fn values(&self, entry: &'static Entry) -> Vec<String> {
        let mut values = Vec::new();
        if let Some(base) = &self.base {
            let inside = base.get(2..base.len().saturating_sub(1)).unwrap_or_default();
            values.extend(inside.split(|token| token.is(",")).map(spell).filter(|value| !value.is_empty()));
        }
        let taken = self.arguments.iter().filter(|argument| self.is_taken(entry, argument));
        values.extend(taken.map(|(.., text)| (*text).to_owned()));
        values.extend(self.keywords.iter().map(|(name, text)| format!("{name} = {text}")));
        let buckets = self.buckets(values.first());
        values.extend(buckets.map(|buckets| format!("buckets = {buckets}")));
        values
    }

    /// The values that the word cannot take: `window_size = 100` along with `window_duration = 60s`.
    fn losses(&self, entry: &'static Entry) -> impl Iterator<Item = String> {
        let lost = self.arguments.iter().filter(move |argument| !self.is_taken(entry, argument));
        let texts = lost.map(|(.., text)| *text).filter(|text| !text.is_empty());
        texts.map(move |text| format!("`{}` has no place for `{text}`", entry.word))
    }

    /// Whether a value given for an argument of one word also suits that argument of another.
    fn is_taken(&self, entry: &Entry, (other, at, text): &(&'static Entry, usize, &str)) -> bool {
        let kind = other.positional.get(*at).map(|parameter| parameter.kind);
        let is_alike = |parameter: &Parameter| {
            kind == Some(parameter.kind)
                || is_value(text, parameter)
                || entry.word == other.word
                || self.chosen.is_some()
        };
        !text.is_empty() && entry.positional.get(*at).is_some_and(is_alike)
    }

    /// How many buckets of the given length the window has.
    fn buckets(&self, window: Option<&String>) -> Option<u128> {
        let bucket = self.all.iter().find(|given| is_bucket_length(given))?;
        bucket_count(window?, &bucket.value)
    }

    /// The length of one bucket alone suggests a window of ten.
    fn window_of_ten(&self, entry: &Entry) -> Option<Filled> {
        let [bucket] = self.all else { return None };
        let value = is_bucket_length(bucket).then_some(&bucket.value)?;
        let Value::Duration(length) = read_or_right(value, entry.positional.first()?)? else { return None };
        let text = format!("time({}, buckets = 10)", Spelled(length.saturating_mul(10)));
        Some(Filled::new(text, true))
    }
}

/// The word that the value of a positional argument names instead.
fn word_of(vocabulary: &'static Vocabulary, word: &str, at: usize, value: &str) -> Option<&'static Entry> {
    let is_function = word == "custom";
    // A static is a user's constant.
    let is_other = at > 0 || is_function || is_static(&lex(value).tokens);
    first_word(vocabulary, value).filter(|_| !is_other)
}

/// Whether a part is the length of a bucket: `bucket_size = 10s`, or `buckets = 10s`, which cannot be their number.
fn is_bucket_length(given: &GivenPart) -> bool {
    given.part == Part::BucketTime
        || given.part == Part::Keyword("buckets") && is_value(&given.value, &TIMEOUT)
}

fn is_truth(value: &str) -> bool {
    ["true", "false", "\"true\"", "\"false\""].contains(&value)
}

fn is_true(value: &str) -> bool {
    !["false", "\"false\"", "0"].contains(&value)
}

/// Our word at the start of a value, perhaps in another library's spelling.
fn first_word(vocabulary: &'static Vocabulary, value: &str) -> Option<&'static Entry> {
    let tokens = lex(value.trim_matches(['"', '\''])).tokens;
    let word = &tokens.first().filter(|first| first.shape == Shape::Word)?.text;
    vocabulary
        .entry(word)
        .or_else(|| vocabulary.entry(&snake(word)))
        .or_else(|| vocabulary.foreign(word).find_map(|ours| vocabulary.entry(ours)))
}

/// The word that a value names: `TIME_BASED`, `"count"`, `SlidingWindowType.COUNT_BASED`.
pub(crate) fn choice(vocabulary: &'static Vocabulary, value: &str) -> Option<&'static Entry> {
    let tokens = lex(value.trim_matches(['"', '\''])).tokens;
    let word = snake(&tokens.iter().rfind(|token| token.shape == Shape::Word)?.text);
    vocabulary.entry(&word).or_else(|| vocabulary.foreign(&word).find_map(|ours| vocabulary.entry(ours)))
}

fn is_value(text: &str, parameter: &Parameter) -> bool {
    value::read_text(text, "", parameter)
        .is_ok_and(|value| value != Value::Rust || parameter.kind == Kind::Function)
}

//! Every word of the language, with its arguments. The parser, the messages and the macros read these tables, so each
//! word is defined once.

use core::time::Duration;

use crate::language::foreign::{self, Part, Sense};
use crate::language::spelling::{nearest, snake};
use crate::model::condition::Condition;
use crate::model::limits::{self, MAX_BUCKETS, MAX_WINDOW_SIZE, MIN_THRESHOLD, MIN_TIMEOUT};
use crate::model::ratio::Ratio;

/// The kind of an argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A number of calls.
    Count,
    /// A number of concurrent calls.
    Concurrency,
    /// The number of calls in a window.
    Size,
    /// A number of buckets.
    Buckets,
    /// A number of keys.
    Keys,
    /// A share of calls.
    Ratio,
    /// A share of calls that has to be exceeded.
    Exceeded,
    /// The confidence that a condition requires.
    Confidence,
    /// A share of a delay.
    Jitter,
    /// A time.
    Duration,
    /// The duration from which a call is slow.
    Threshold,
    /// The duration after which a trial is hung.
    Timeout,
    /// The factor by which a delay grows.
    Multiplier,
    /// A user function.
    Function,
}

impl Kind {
    /// What to call it, with an article.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Count | Self::Concurrency | Self::Size => "a number of calls",
            Self::Buckets => "a number of buckets",
            Self::Keys => "a number of keys",
            Self::Ratio | Self::Exceeded | Self::Confidence | Self::Jitter => "a ratio",
            Self::Duration | Self::Threshold | Self::Timeout => "a duration",
            Self::Multiplier => "a number",
            Self::Function => "the path of a function",
        }
    }

    /// The lowest whole number.
    pub(crate) const fn least(self) -> u64 {
        if let Self::Concurrency = self { 2 } else { 1 }
    }

    /// The highest whole number.
    pub const fn greatest(self) -> u64 {
        match self {
            Self::Size => MAX_WINDOW_SIZE as u64,
            Self::Buckets => MAX_BUCKETS as u64,
            Self::Keys => limits::MAX_KEYS as u64,
            _ => u32::MAX as u64,
        }
    }

    /// Whether it is a number of something.
    pub(crate) const fn is_count(self) -> bool {
        matches!(self, Self::Count | Self::Concurrency | Self::Size | Self::Buckets | Self::Keys)
    }

    /// Whether it is a duration of some kind.
    pub const fn is_duration(self) -> bool {
        matches!(self, Self::Duration | Self::Threshold | Self::Timeout)
    }

    /// The shortest duration.
    pub(crate) const fn shortest(self) -> Duration {
        match self {
            Self::Threshold => MIN_THRESHOLD,
            Self::Timeout => MIN_TIMEOUT,
            _ => Duration::from_nanos(1),
        }
    }

    /// The message for a value of this kind that is out of range.
    pub fn refuse(self, text: &str) -> String {
        format!("`{text}` is out of range: {}", self.range())
    }

    /// The allowed values, in words.
    const fn range(self) -> &'static str {
        match self {
            Self::Count => "a number of calls is from 1 to 4294967295",
            Self::Concurrency => {
                "`in_flight` takes from 2 to 4294967295 calls, since every call counts itself"
            }
            Self::Size => "a window remembers from 1 to 1000000 calls",
            Self::Buckets => "a time window has from 1 to 1000 buckets",
            Self::Keys => "from 1 to 1000000 keys have breakers of their own",
            Self::Ratio => "a ratio is above 0 and at most 1",
            Self::Exceeded => {
                "with `sure`, a ratio is above 0 and below 1, since no failure rate is above 100%"
            }
            Self::Confidence => "`sure` is from 0.5 to below 1",
            Self::Jitter => "jitter is from 0 to below 1",
            Self::Duration => "a duration is longer than 0 and at most 584 years",
            Self::Threshold => "a slow call takes from 1us to 584 years",
            Self::Timeout => "a trial waits from 1ms to 584 years",
            Self::Multiplier => "a multiplier is 1 or more, and finite",
            Self::Function => "any function will do",
        }
    }
}

/// One argument of a word.
#[derive(PartialEq, Eq, Debug)]
pub struct Parameter {
    /// Its name, also the keyword of a keyword argument.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// A typical value.
    pub example: &'static str,
}

impl Parameter {
    /// A bare number at or above this is more likely in milliseconds than in seconds.
    pub(crate) fn least_milliseconds(&self) -> f64 {
        // A minute is long for one call.
        let is_of_call = self.kind == Kind::Threshold || ["timeout", "after"].contains(&self.name);
        if is_of_call { 60.0 } else { 1_000.0 }
    }
}

/// One word.
#[derive(PartialEq, Debug)]
pub struct Entry {
    /// The word.
    pub word: &'static str,
    /// The condition that it spells, if it is one; the values in it do not matter.
    pub(crate) spells: Option<Condition>,
    /// The arguments in its parentheses; without any, it takes no parentheses.
    pub positional: &'static [Parameter],
    /// The same before a keyword argument, which may narrow their ranges.
    positional_before_keywords: &'static [Parameter],
    /// The keyword arguments that may follow.
    pub keywords: &'static [Parameter],
}

impl Entry {
    pub(crate) const fn new(word: &'static str, positional: &'static [Parameter]) -> Self {
        let positional_before_keywords = positional;
        Self { word, spells: None, positional, positional_before_keywords, keywords: &[] }
    }

    const fn of(condition: Condition, word: &'static str, positional: &'static [Parameter]) -> Self {
        Self { spells: Some(condition), ..Self::new(word, positional) }
    }

    const fn with_keywords(self, keywords: &'static [Parameter]) -> Self {
        Self { keywords, ..self }
    }

    /// The arguments in its parentheses, before keyword arguments or alone.
    pub fn positional(&self, is_before_keywords: bool) -> &'static [Parameter] {
        if is_before_keywords { self.positional_before_keywords } else { self.positional }
    }

    /// The word with these arguments.
    pub fn with(&self, values: &[String]) -> String {
        if values.is_empty() { self.word.to_owned() } else { format!("{}({})", self.word, values.join(", ")) }
    }

    /// Whether it is a condition on the calls in the window, not on the latest calls, however old, or on running ones.
    pub fn concerns_window(&self) -> bool {
        self.spells.is_some_and(|condition| condition.concerns_window())
    }

    /// Whether it is a condition on a share of the calls, or on their mean, and so says little of few calls.
    pub fn is_share(&self) -> bool {
        self.spells.is_some_and(|condition| condition.is_share())
    }

    /// Whether it takes the same kinds of arguments as another word, so that they fit either.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let kinds = |entry: &Self| entry.positional.iter().map(|it| it.kind).collect::<Vec<_>>();
        kinds(self) == kinds(other)
    }

    /// Whether it depends on how long calls take.
    pub fn times_calls(&self) -> bool {
        self.positional.iter().any(|parameter| parameter.kind == Kind::Threshold)
    }

    /// An example of the word: `slow_rate(0.5, 2s)`.
    pub fn example(&self) -> String {
        let values: Vec<_> = self.positional.iter().map(|parameter| parameter.example.to_owned()).collect();
        self.with(&values)
    }

    /// What it takes: "a ratio and a duration".
    pub fn wanted(&self) -> String {
        let nouns: Vec<_> = self.positional.iter().map(|parameter| parameter.kind.noun()).collect();
        match nouns.as_slice() {
            [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            nouns => nouns.concat(),
        }
    }
}

/// The words of one setting.
#[derive(PartialEq, Debug)]
pub struct Vocabulary {
    /// The name of the setting's argument.
    pub setting: &'static str,
    /// What each word is called.
    pub noun: &'static str,
    /// The words.
    pub entries: &'static [Entry],
}

impl Vocabulary {
    /// The entry of a word.
    pub fn entry(&self, word: &str) -> Option<&'static Entry> {
        self.entries.iter().find(|entry| entry.word == word)
    }

    /// What each word is called, with an article.
    pub(crate) fn noun_with_article(&self) -> String {
        with_article(self.noun)
    }

    /// All words, for help.
    pub(crate) fn expected(&self) -> String {
        let words: Vec<_> = self.entries.iter().map(|entry| format!("`{}`", entry.word)).collect();
        let expected = format!("expected one of {}", words.join(", "));
        if self.setting == RETRY.setting {
            format!("{expected} (in the attribute of a function, also `{FROM_ERROR}`)")
        } else {
            expected
        }
    }

    /// Whether its words may be joined by operators.
    pub(crate) fn is_joined(&self) -> bool {
        self.setting == TRIP.setting
    }

    /// Our words, or keywords, for another library's word.
    pub(crate) fn foreign(&self, word: &str) -> impl Iterator<Item = &'static str> {
        self.ours(foreign::exact(&snake(word)))
    }

    /// The same for a word that may be misspelt.
    pub(crate) fn foreign_misspelt(&self, word: &str) -> impl Iterator<Item = &'static str> {
        self.ours(foreign::senses(word))
    }

    /// Whether a word is this one of ours, or another library's for it.
    pub(crate) fn means(&self, word: &str, ours: &str) -> bool {
        word == ours || self.foreign(word).any(|foreign| foreign == ours)
    }

    fn ours(&self, senses: Vec<Sense>) -> impl Iterator<Item = &'static str> {
        let senses = senses.into_iter().filter(|sense| sense.setting == self.setting);
        senses.filter_map(|sense| match sense.part {
            Part::Argument(ours, _) | Part::Keyword(ours) => Some(ours),
            _ => None,
        })
    }
}

/// A noun with its article.
pub(crate) fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

const fn parameter(name: &'static str, kind: Kind, example: &'static str) -> Parameter {
    Parameter { name, kind, example }
}

const COUNT: Parameter = parameter("count", Kind::Count, "5");
const RATIO: Parameter = parameter("ratio", Kind::Ratio, "0.5");
const EXCEEDED: Parameter = parameter("ratio", Kind::Exceeded, "0.5");
const THRESHOLD: Parameter = parameter("threshold", Kind::Threshold, "2s");
pub(crate) const DURATION: Parameter = parameter("duration", Kind::Duration, "60s");
const JITTER: Parameter = parameter("jitter", Kind::Jitter, "0.1");
const FUNCTION: Parameter = parameter("function", Kind::Function, "path::to::function");

/// How many calls of a trial may run at once.
pub static MAX_HALF_OPEN_CALLS: Parameter = parameter("max_half_open_calls", Kind::Count, "10");
/// The longest time that a trial's calls may run without an outcome.
pub static HALF_OPEN_TIMEOUT: Parameter = parameter("half_open_timeout", Kind::Timeout, "5m");

/// The longest time that a call may take.
pub static TIMEOUT: Parameter = parameter("timeout", Kind::Duration, "2s");
/// The most keys with breakers of their own.
pub static MAX_KEYS: Parameter = parameter("max_keys", Kind::Keys, "10_000");
/// How long an unused key's breaker is kept.
pub static KEY_IDLE: Parameter = parameter("key_idle", Kind::Duration, "1h");

/// The share of calls that fails when all is well.
pub static NORMAL: Parameter = parameter("normal", Kind::Ratio, "5%");
/// The share of calls that fails in an outage.
pub static OUTAGE: Parameter = parameter("outage", Kind::Ratio, "80%");

/// The arguments of the attribute that are a single value.
pub static SINGLE_VALUES: [&Parameter; 7] =
    [&NORMAL, &OUTAGE, &MAX_HALF_OPEN_CALLS, &HALF_OPEN_TIMEOUT, &TIMEOUT, &MAX_KEYS, &KEY_IDLE];

/// A rule for messages that have none to correct.
pub(crate) const EXAMPLE_RULE: &str = "min(10) & failure_rate(0.5)";

/// The conditions of a rule.
pub static TRIP: Vocabulary = Vocabulary {
    setting: "trip",
    noun: "condition",
    entries: &[
        // Comes first, because a bare value is taken as an argument of the first word that accepts it.
        Entry::of(Condition::Failures(1), "failures", &[COUNT]),
        Entry::of(Condition::FailureStreak(1), "failure_streak", &[COUNT]),
        Entry {
            positional_before_keywords: &[EXCEEDED],
            ..Entry::of(Condition::FailureRate(Ratio::ONE), "failure_rate", &[RATIO])
                .with_keywords(&[parameter("sure", Kind::Confidence, "95%")])
        },
        Entry::of(Condition::SlowRate(Ratio::ONE, MIN_THRESHOLD), "slow_rate", &[RATIO, THRESHOLD]),
        Entry::of(Condition::AvgLatency(MIN_THRESHOLD), "avg_latency", &[THRESHOLD]),
        Entry::of(
            Condition::FailingFor(Duration::ZERO),
            "failing_for",
            &[parameter("duration", Kind::Duration, "5s")],
        ),
        Entry::of(Condition::InFlight(2), "in_flight", &[parameter("count", Kind::Concurrency, "50")]),
        Entry::of(Condition::Min(1), "min", &[parameter("count", Kind::Count, "10")]),
        Entry::of(Condition::Closed, "closed", &[]),
        Entry::of(Condition::HalfOpen, "half_open", &[]),
        Entry::of(Condition::Custom { path: "", predicate: |_| false }, "custom", &[FUNCTION]),
    ],
};

/// The windows.
pub static WINDOW: Vocabulary = Vocabulary {
    setting: "window",
    noun: "window",
    entries: &[
        Entry::new("count", &[parameter("size", Kind::Size, "100")]),
        Entry::new("time", &[DURATION]).with_keywords(&[parameter("buckets", Kind::Buckets, "6")]),
    ],
};

/// When an open breaker tries again.
pub static RETRY: Vocabulary = Vocabulary {
    setting: "retry",
    noun: "retry",
    entries: &[
        Entry::new("cooldown", &[parameter("delay", Kind::Duration, "60s")]).with_keywords(&[JITTER]),
        Entry::new("backoff", &[parameter("initial", Kind::Duration, "10s")]).with_keywords(&[
            parameter("multiplier", Kind::Multiplier, "2.0"),
            parameter("max", Kind::Duration, "5m"),
            JITTER,
        ]),
        Entry::new("always", &[]),
        Entry::new("never", &[]),
        Entry::new("custom", &[FUNCTION]),
    ],
};

/// The retry that asks the errors of a function first. Only a function's attribute knows it, and removes it before the
/// retry is read.
pub const FROM_ERROR: &str = "from_error";

/// Whether a word is [`FROM_ERROR`], or a misspelling of it.
pub fn means_from_error(word: &str) -> bool {
    let others = RETRY.entries.iter().map(|entry| entry.word);
    nearest(word, others.chain([FROM_ERROR])) == Some(FROM_ERROR)
}

/// Which calls a half-open breaker admits.
pub static PERMIT: Vocabulary = Vocabulary {
    setting: "permit",
    noun: "permit",
    entries: &[
        Entry::new("all", &[]),
        Entry::new("random", &[RATIO]),
        Entry::new(
            "ramp_up",
            &[parameter("from", Kind::Ratio, "0.1"), parameter("to", Kind::Ratio, "1.0"), DURATION],
        ),
        Entry::new("custom", &[FUNCTION]),
    ],
};

/// What a cancelled call counts as.
pub static ON_CANCEL: Vocabulary = Vocabulary {
    setting: "outcome",
    noun: "outcome",
    entries: &[
        Entry::new("failure", &[]).with_keywords(&[parameter("after", Kind::Duration, "2s")]),
        Entry::new("ignore", &[]),
    ],
};

/// What a panic counts as.
pub static OUTCOME: Vocabulary = Vocabulary {
    setting: "outcome",
    noun: "outcome",
    entries: &[Entry::new("failure", &[]), Entry::new("ignore", &[])],
};

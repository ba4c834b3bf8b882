//! Every word of the language, with what it takes. The parser, the messages and the macros read these tables, so that
//! a word exists once.

use crate::syntax::Value;
use crate::token::{Place, Shape, Token, spell};
use crate::value;

/// What an argument is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A number of calls.
    Count,
    /// A number of calls that a window remembers.
    Size,
    /// A number of buckets.
    Buckets,
    /// A share of calls.
    Ratio,
    /// A share of a delay.
    Jitter,
    /// A time.
    Duration,
    /// What a delay grows by.
    Multiplier,
    /// A function of the user's.
    Function,
}

impl Kind {
    /// What it is called, with an article.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Count | Self::Size => "a number of calls",
            Self::Buckets => "a number of buckets",
            Self::Ratio | Self::Jitter => "a ratio",
            Self::Duration => "a duration",
            Self::Multiplier => "a number",
            Self::Function => "the path of a function",
        }
    }

    /// The greatest whole number.
    pub const fn greatest(self) -> u64 {
        match self {
            Self::Size => 1_000_000,
            Self::Buckets => 1_000,
            _ => u32::MAX as u64,
        }
    }

    /// What is wrong with a value of this kind that is not allowed.
    pub fn refuse(self, text: &str) -> String {
        format!("`{text}` is out of range: {}", self.range())
    }

    /// Which values are allowed.
    const fn range(self) -> &'static str {
        match self {
            Self::Count => "a number of calls is from 1 to 4294967295",
            Self::Size => "a window remembers from 1 to 1000000 calls",
            Self::Buckets => "a time window has from 1 to 1000 buckets",
            Self::Ratio => "a ratio is above 0 and at most 1",
            Self::Jitter => "jitter is from 0 to below 1",
            Self::Duration => "a duration is longer than 0 and at most 584 years",
            Self::Multiplier => "a multiplier is 1 or more, and finite",
            Self::Function => "any function will do",
        }
    }
}

/// One argument of a word.
#[derive(PartialEq, Eq, Debug)]
pub struct Parameter {
    /// What it is called; a keyword argument is written so.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// A value that surprises nobody.
    pub example: &'static str,
}

/// One word.
#[derive(PartialEq, Eq, Debug)]
pub struct Entry {
    /// The word.
    pub word: &'static str,
    /// What stands in its parentheses; no parentheses where that is nothing.
    pub positional: &'static [Parameter],
    /// What may follow by name.
    pub keywords: &'static [Parameter],
}

impl Entry {
    const fn new(word: &'static str, positional: &'static [Parameter]) -> Self {
        Self { word, positional, keywords: &[] }
    }

    /// The word with these arguments.
    pub fn with(&self, values: &[String]) -> String {
        if values.is_empty() { self.word.to_owned() } else { format!("{}({})", self.word, values.join(", ")) }
    }

    /// The word as it might be used: `slow_rate(0.5, 2s)`.
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

/// The words that may stand in one place.
#[derive(PartialEq, Eq, Debug)]
pub struct Vocabulary {
    /// What each of them is.
    pub noun: &'static str,
    /// The words.
    pub entries: &'static [Entry],
    /// What other libraries call them, or their arguments: their word, and ours.
    pub foreign: &'static [(&'static str, &'static str)],
}

impl Vocabulary {
    /// What a word takes.
    pub fn entry(&self, word: &str) -> Option<&'static Entry> {
        self.entries.iter().find(|entry| entry.word == word)
    }

    /// What may have been meant by something that begins with no word: `100` by `count(100)`, `"never"` by `never`.
    pub(crate) fn meant_by(&self, tokens: &[Token], place: Place) -> Option<String> {
        match place.of(tokens) {
            [literal] if literal.shape == Shape::Literal => {
                let inside = literal.text.strip_prefix('"')?.strip_suffix('"')?;
                (!inside.is_empty() && !inside.contains(['\\', '"'])).then(|| inside.to_owned())
            }
            [open, inside @ .., _] if open.shape == Shape::Open && !inside.is_empty() => Some(spell(inside)),
            value => self.entries.iter().find_map(|entry| {
                let [parameter] = entry.positional else { return None };
                let read = value::read(tokens, place, entry.word, parameter).ok()?;
                (read != Value::Rust).then(|| entry.with(&[spell(value)]))
            }),
        }
    }

    /// What we call what another library calls so.
    pub fn foreign(&self, word: &str) -> Option<&'static str> {
        let word = word.to_lowercase();
        self.foreign.iter().find(|(theirs, _)| *theirs == word).map(|(_, ours)| *ours)
    }
}

const fn parameter(name: &'static str, kind: Kind, example: &'static str) -> Parameter {
    Parameter { name, kind, example }
}

const COUNT: Parameter = parameter("count", Kind::Count, "5");
const RATIO: Parameter = parameter("ratio", Kind::Ratio, "0.5");
const THRESHOLD: Parameter = parameter("threshold", Kind::Duration, "2s");
const DURATION: Parameter = parameter("duration", Kind::Duration, "60s");
const JITTER: Parameter = parameter("jitter", Kind::Jitter, "0.1");
const FUNCTION: Parameter = parameter("function", Kind::Function, "path::to::function");

/// How many calls of a trial may run at once.
pub static MAX_HALF_OPEN_CALLS: Parameter = parameter("max_half_open_calls", Kind::Count, "10");
/// The longest stay in half-open.
pub static HALF_OPEN_TIMEOUT: Parameter = parameter("half_open_timeout", Kind::Duration, "5m");

/// The conditions of a rule.
pub static TRIP: Vocabulary = Vocabulary {
    noun: "condition",
    entries: &[
        Entry::new("closed", &[]),
        Entry::new("half_open", &[]),
        Entry::new("min", &[parameter("count", Kind::Count, "10")]),
        Entry::new("failure_rate", &[RATIO]),
        Entry::new("failures", &[COUNT]),
        Entry::new("failure_streak", &[COUNT]),
        Entry::new("slow_rate", &[RATIO, THRESHOLD]),
        Entry::new("avg_latency", &[THRESHOLD]),
        Entry::new("custom", &[FUNCTION]),
    ],
    foreign: &[
        ("average_latency", "avg_latency"),
        ("average_response_time", "avg_latency"),
        ("consecutive_errors", "failure_streak"),
        ("consecutive_failures", "failure_streak"),
        ("error_count", "failures"),
        ("error_percentage", "failure_rate"),
        ("error_rate", "failure_rate"),
        ("error_ratio", "failure_rate"),
        ("error_threshold", "failures"),
        ("errors", "failures"),
        ("failure_count", "failures"),
        ("failure_percentage", "failure_rate"),
        ("failure_rate_threshold", "failure_rate"),
        ("failure_ratio", "failure_rate"),
        ("failure_threshold", "failures"),
        ("half_opened", "half_open"),
        ("latency", "avg_latency"),
        ("max_failures", "failures"),
        ("min_calls", "min"),
        ("min_requests", "min"),
        ("min_throughput", "min"),
        ("minimum", "min"),
        ("minimum_calls", "min"),
        ("minimum_number_of_calls", "min"),
        ("minimum_throughput", "min"),
        ("p99", "slow_rate"),
        ("percentile", "slow_rate"),
        ("request_volume_threshold", "min"),
        ("slow_call_duration_threshold", "slow_rate"),
        ("slow_call_rate", "slow_rate"),
        ("slow_call_rate_threshold", "slow_rate"),
        ("streak", "failure_streak"),
        ("success_rate", "failure_rate"),
        ("threshold", "failure_rate"),
        ("timeout", "slow_rate"),
    ],
};

/// The windows.
pub static WINDOW: Vocabulary = Vocabulary {
    noun: "window",
    entries: &[
        Entry::new("count", &[parameter("size", Kind::Size, "100")]),
        Entry {
            word: "time",
            positional: &[DURATION],
            keywords: &[parameter("buckets", Kind::Buckets, "6")],
        },
    ],
    foreign: &[
        ("calls", "count"),
        ("count_based", "count"),
        ("duration", "time"),
        ("rolling", "time"),
        ("size", "count"),
        ("sliding", "count"),
        ("time_based", "time"),
        ("window_size", "count"),
    ],
};

/// When an open breaker tries again.
pub static RETRY: Vocabulary = Vocabulary {
    noun: "retry",
    entries: &[
        Entry {
            word: "cooldown",
            positional: &[parameter("delay", Kind::Duration, "60s")],
            keywords: &[JITTER],
        },
        Entry {
            word: "backoff",
            positional: &[parameter("initial", Kind::Duration, "10s")],
            keywords: &[
                parameter("multiplier", Kind::Multiplier, "2.0"),
                parameter("max", Kind::Duration, "5m"),
                JITTER,
            ],
        },
        Entry::new("always", &[]),
        Entry::new("never", &[]),
        Entry::new("custom", &[FUNCTION]),
    ],
    foreign: &[
        ("after", "cooldown"),
        ("cap", "max"),
        ("constant", "cooldown"),
        ("delay", "cooldown"),
        ("exponential", "backoff"),
        ("exponential_backoff", "backoff"),
        ("factor", "multiplier"),
        ("fixed", "cooldown"),
        ("immediately", "always"),
        ("maximum", "max"),
        ("open_duration", "cooldown"),
        ("reset_timeout", "cooldown"),
        ("timeout", "cooldown"),
        ("wait", "cooldown"),
        ("wait_duration", "cooldown"),
    ],
};

/// Which calls a half-open breaker admits.
pub static PERMIT: Vocabulary = Vocabulary {
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
    foreign: &[
        ("always", "all"),
        ("any", "all"),
        ("gradual", "ramp_up"),
        ("linear", "ramp_up"),
        ("percentage", "random"),
        ("share", "random"),
    ],
};

/// What a panic or a cancelled call counts as.
pub static OUTCOME: Vocabulary = Vocabulary {
    noun: "outcome",
    entries: &[Entry::new("failure", &[]), Entry::new("ignore", &[])],
    foreign: &[
        ("error", "failure"),
        ("fail", "failure"),
        ("failed", "failure"),
        ("ignored", "ignore"),
        ("neutral", "ignore"),
        ("none", "ignore"),
    ],
};

//! The types that describe another library's word in the tables.

/// What words of other libraries mean.
#[derive(PartialEq, Eq, Debug)]
pub struct Meaning {
    /// Our argument for it.
    pub setting: &'static str,
    /// Which part of that argument's value it is.
    pub part: Part,
    /// The words, in snake case.
    pub words: &'static [Foreign],
}

/// A word, and the libraries that use it in this sense.
#[derive(PartialEq, Eq, Debug)]
pub struct Foreign {
    /// The word, in snake case.
    pub word: &'static str,
    /// The libraries, separated by commas; empty if anybody might write the word.
    pub libraries: &'static str,
    /// The unit of a bare number.
    pub unit: Unit,
}

impl Foreign {
    /// The same, with bare numbers in percent.
    pub(super) const fn in_percent(self) -> Self {
        Self { unit: Unit::Percent, ..self }
    }

    /// The same, for one minus our value.
    pub(super) const fn of_rest(self) -> Self {
        Self { unit: Unit::Rest, ..self }
    }

    /// The same, with bare numbers from 0 to 1.
    pub(super) const fn of_one(self) -> Self {
        Self { unit: Unit::Share, ..self }
    }
}

/// The unit of a bare number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// None.
    Plain,
    /// Percent.
    Percent,
    /// A share, from 0 to 1.
    Share,
    /// One minus our value, in any unit: 5% for our 95%.
    Rest,
    /// This unit of time.
    Time(&'static str),
}

/// A part of an argument's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// All of it.
    Whole,
    /// A positional argument of a word: the word, and the index of the argument.
    Argument(&'static str, usize),
    /// A keyword argument.
    Keyword(&'static str),
    /// The choice of a word, which the value names: `sliding_window_type = TIME_BASED`.
    Choice,
    /// A word, or a keyword argument, to use if the value is `true`.
    Flag(&'static str),
    /// The unit of another part's number.
    Unit,
    /// The number of calls, or of successes, that ends a trial.
    Successes,
    /// The number of calls that a window remembers, and without which no rule holds.
    FullWindow,
    /// The length of one bucket.
    BucketTime,
    /// The only errors that are failures: all others count as successes.
    OnlyFailures,
    /// How many calls a trial takes, and how many of them may run at once.
    TrialCalls,
    /// Nothing that an argument can express: what to do instead.
    Elsewhere(&'static str),
}

pub(super) const fn meaning(setting: &'static str, part: Part, words: &'static [Foreign]) -> Meaning {
    Meaning { setting, part, words }
}

/// A word that anybody might write.
pub(super) const fn any(word: &'static str) -> Foreign {
    of("", word)
}

/// A word of these libraries.
pub(super) const fn of(libraries: &'static str, word: &'static str) -> Foreign {
    Foreign { word, libraries, unit: Unit::Plain }
}

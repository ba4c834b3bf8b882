//! How a word of another library is entered in the tables.

/// What words of other libraries mean.
#[derive(PartialEq, Eq, Debug)]
pub struct Meaning {
    /// The argument of ours that says it.
    pub setting: &'static str,
    /// The part of its value.
    pub part: Part,
    /// The words, in snake case.
    pub words: &'static [Foreign],
}

/// A word, and the libraries that use it like this.
#[derive(PartialEq, Eq, Debug)]
pub struct Foreign {
    /// The word, in snake case.
    pub word: &'static str,
    /// The libraries, separated by a comma; empty where anybody might write the word.
    pub libraries: &'static str,
    /// How a number is meant.
    pub unit: Unit,
}

impl Foreign {
    /// The same, with numbers that are per cent.
    pub(super) const fn in_percent(self) -> Self {
        Self { unit: Unit::Percent, ..self }
    }

    /// The same, with numbers of which `1` is all.
    pub(super) const fn of_one(self) -> Self {
        Self { unit: Unit::Share, ..self }
    }
}

/// How a number without a unit is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// As it stands.
    Plain,
    /// So many of a hundred.
    Percent,
    /// So much of one.
    Share,
    /// So many times this unit.
    Time(&'static str),
}

/// A part of an argument's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// All of it.
    Whole,
    /// A positional argument of a word: the word, and which of its arguments.
    Argument(&'static str, usize),
    /// A keyword argument.
    Keyword(&'static str),
    /// The choice of a word, which the value names: `sliding_window_type = TIME_BASED`.
    Choice,
    /// A word that is meant if the value is `true`.
    Flag(&'static str),
    /// The unit of another part's number.
    Unit,
    /// How many successes end a trial.
    Successes,
    /// The time of one bucket.
    BucketTime,
    /// Nothing that an argument can say: what to do instead.
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

//! The words of other libraries, by meaning.
//!
//! A word means the same whether it is an argument (`failure_rate_threshold = 50`) or stands in a setting (`trip =
//! failure_rate_threshold(50)`). It is recognized by its meaning alone: a word that only looks like one of ours may be
//! its opposite.

mod arguments;
mod meaning;
mod settings;
mod trip;

pub use crate::language::foreign::meaning::{Foreign, Meaning, Part, Unit};
use crate::language::number::unit_of_word;
use crate::language::spelling::{is_misspelling, snake};

/// One meaning of a word.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sense {
    /// Our argument for it.
    pub setting: &'static str,
    /// Which part of that argument's value it is.
    pub part: Part,
    /// The libraries that use the word like this.
    pub libraries: &'static str,
    /// The unit of a bare number.
    pub unit: Unit,
}

/// All meanings, grouped by setting.
pub fn meanings() -> impl Iterator<Item = &'static Meaning> {
    trip::MEANINGS.iter().chain(settings::MEANINGS).chain(arguments::MEANINGS)
}

/// The possible meanings of a word, likeliest first. A misspelling has the meanings of the word it resembles; if it
/// resembles several, only one that they share.
pub fn senses(word: &str) -> Vec<Sense> {
    let word = snake(word);
    let exact = exact(&word);
    if !exact.is_empty() {
        return exact;
    }
    let mut near: Vec<(&str, Sense)> = Vec::new();
    for meaning in meanings() {
        for foreign in meaning.words.iter().filter(|foreign| is_misspelling(&word, foreign.word)) {
            near.push((foreign.word, sense(meaning, foreign, Unit::Plain)));
        }
    }
    let is_one_word = near.windows(2).all(|pair| pair[0].0 == pair[1].0);
    let is_one_meaning = near
        .windows(2)
        .all(|pair| (pair[0].1.setting, pair[0].1.part) == (pair[1].1.setting, pair[1].1.part));
    if !is_one_word {
        near.truncate(usize::from(is_one_meaning));
    }
    near.into_iter().map(|(_, sense)| sense).collect()
}

/// The possible meanings of exactly this word, in snake case, perhaps prefixed with the name of the breaker, or
/// suffixed with a unit.
pub(crate) fn exact(word: &str) -> Vec<Sense> {
    const BEFORE: [&str; 9] = [
        "circuit_breaker_",
        "circuitbreaker_",
        "breaker_",
        "circuit_",
        "cb_",
        "with_",
        "set_",
        "metrics_",
        "default_",
    ];
    let bare = BEFORE.iter().find_map(|before| word.strip_prefix(before));
    for word in [Some(word), bare].into_iter().flatten() {
        let named = unit_named(word);
        // `error_pct` is a rate of errors, not a number of them.
        let rates: Vec<_> = named
            .filter(|(_, unit)| *unit == Unit::Percent)
            .into_iter()
            .flat_map(|(stem, _)| [stem, stem.trim_end_matches('s')])
            .flat_map(|stem| [format!("{stem}_rate"), format!("{stem}_percentage")])
            .collect();
        let rates = rates.iter().map(|rate| (rate.as_str(), Unit::Percent));
        for (word, unit) in [(word, Unit::Plain)].into_iter().chain(rates).chain(named) {
            let found = senses_of(word, unit);
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

/// What to do instead, if no argument can express a word.
pub(crate) fn done_elsewhere(word: &str) -> Option<&'static str> {
    exact(&snake(word)).into_iter().find_map(|sense| match sense.part {
        Part::Elsewhere(help) => Some(help),
        _ => None,
    })
}

/// A word in snake case that ends in a unit, `cooldown_secs`, in parts.
pub(crate) fn unit_named(word: &str) -> Option<(&str, Unit)> {
    let (stem, unit) = unit_of_word(word)?;
    Some((stem, if unit == "%" { Unit::Percent } else { Unit::Time(unit) }))
}

fn senses_of(word: &str, unit: Unit) -> Vec<Sense> {
    let found = meanings().flat_map(|meaning| {
        let words = meaning.words.iter().filter(|foreign| foreign.word == word);
        words.map(move |foreign| sense(meaning, foreign, unit))
    });
    found.collect()
}

fn sense(meaning: &'static Meaning, foreign: &'static Foreign, unit: Unit) -> Sense {
    let unit = if unit == Unit::Plain { foreign.unit } else { unit };
    Sense { setting: meaning.setting, part: meaning.part, libraries: foreign.libraries, unit }
}

#[cfg(test)]
mod tests {
    use super::{Part, Unit, meanings, senses};

    fn first(word: &str) -> Option<(&'static str, Part, Unit)> {
        senses(word).first().map(|sense| (sense.setting, sense.part, sense.unit))
    }

    #[test]
    fn a_word_is_known_in_any_spelling() {
        let expected = Some(("trip", Part::Argument("failure_rate", 0), Unit::Percent));
        for word in [
            "failureRateThreshold",
            "failure-rate-threshold",
            "FAILURE_RATE_THRESHOLD",
            "failureRateTreshold",
        ] {
            assert_eq!(first(word), expected, "{word}");
        }
    }

    #[test]
    fn a_unit_may_be_part_of_the_word() {
        let cooldown = Part::Argument("cooldown", 0);
        for (word, unit) in [
            ("sleepWindowInMilliseconds", Unit::Time("ms")),
            ("reset_timeout_secs", Unit::Time("s")),
            ("circuitBreakerSleepWindowInMilliseconds", Unit::Time("ms")),
            ("recovery_timeout", Unit::Plain),
        ] {
            assert_eq!(first(word), Some(("retry", cooldown, unit)), "{word}");
        }
    }

    /// One letter more, less or changed never leads to another meaning.
    #[test]
    fn a_misspelling_never_changes_the_meaning() {
        for meaning in meanings() {
            for foreign in meaning.words {
                for at in 0..foreign.word.len() {
                    let (before, after) = foreign.word.split_at(at);
                    for misspelt in [format!("{before}{}", &after[1..]), format!("{before}q{after}")] {
                        let ours = senses(foreign.word);
                        for sense in senses(&misspelt) {
                            let is_own =
                                ours.iter().any(|own| (own.setting, own.part) == (sense.setting, sense.part));
                            let is_exact =
                                meanings().any(|other| other.words.iter().any(|it| it.word == misspelt));
                            assert!(is_own || is_exact, "{misspelt} of {}: {sense:?}", foreign.word);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn no_word_is_listed_twice_for_one_meaning() {
        for meaning in meanings() {
            let mut words: Vec<_> = meaning.words.iter().map(|foreign| foreign.word).collect();
            words.sort_unstable();
            let count = words.len();
            words.dedup();
            assert_eq!(words.len(), count, "{:?}", meaning.part);
        }
    }
}

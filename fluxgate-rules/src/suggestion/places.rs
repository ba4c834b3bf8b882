//! Which argument a word belongs to.

use crate::language::spelling::snake;
use crate::language::vocabulary::{Entry, PERMIT, RETRY, TRIP, Vocabulary, WINDOW};
use crate::suggestion::inverted::is_success_rate;
use crate::text::token::{Shape, Token};

/// The settings that can be recognized by their words, in the order in which the meanings of a word are tried.
pub(crate) static SETTINGS: [&Vocabulary; 4] = [&RETRY, &WINDOW, &TRIP, &PERMIT];

/// The words of trackers, which only macros read.
pub(crate) const TRACKERS: [&str; 5] = ["matches", "type_of", "ok", "returned", "server_errors"];

/// The arguments that take a tracker.
pub(crate) const TRACKED: [&str; 3] = ["track", "success", "ignore"];

/// The vocabulary of a setting.
pub(crate) fn vocabulary(setting: &str) -> Option<&'static Vocabulary> {
    SETTINGS.into_iter().find(|vocabulary| vocabulary.setting == setting)
}

/// Whether a word is one of ours, in a setting or a tracker.
pub(crate) fn is_setting_word(word: &str) -> bool {
    TRACKERS.contains(&word) || SETTINGS.iter().any(|vocabulary| vocabulary.entry(word).is_some())
}

/// The setting that one of our words belongs to.
pub(crate) fn setting_of_word(word: &str) -> Option<&'static str> {
    if TRACKERS.contains(&word) {
        return Some("track");
    }
    SETTINGS
        .into_iter()
        .find(|vocabulary| vocabulary.entry(word).is_some())
        .map(|vocabulary| vocabulary.setting)
}

/// The setting that a value beginning with this word belongs to, whether the word is ours or not.
pub(crate) fn setting_of_value(word: &str) -> Option<&'static str> {
    setting_of_word(word)
        .or_else(|| setting_of_word(&snake(word)))
        .or_else(|| {
            let foreign = |vocabulary: &&&Vocabulary| vocabulary.foreign(word).next().is_some();
            SETTINGS.iter().find(foreign).map(|vocabulary| vocabulary.setting)
        })
        .or_else(|| is_success_rate(word).then_some("trip"))
}

/// The word that has this keyword argument.
pub(crate) fn owner(vocabulary: &Vocabulary, keyword: &str) -> Option<&'static Entry> {
    let has = |entry: &&Entry| entry.keywords.iter().any(|parameter| parameter.name == keyword);
    vocabulary.entries.iter().find(has)
}

/// The other setting that a word belongs to, if it is not in this vocabulary.
pub(crate) fn setting_elsewhere(vocabulary: &Vocabulary, word: &str) -> Option<&'static str> {
    setting_of_word(word).filter(|setting| *setting != vocabulary.setting && vocabulary.entry(word).is_none())
}

/// The other argument that a word belongs to, if it cannot begin this argument's value.
pub(crate) fn of_another(argument: &str, word: &str) -> Option<&'static str> {
    if let Some(vocabulary) = vocabulary(argument) {
        return setting_elsewhere(vocabulary, word);
    }
    let setting = setting_of_word(word)?;
    let is_own = match argument {
        "track" | "success" | "ignore" => setting == "track" || ["all", "custom"].contains(&word),
        "on_panic" | "on_cancel" | "name" | "half_open_timeout" | "max_half_open_calls" => false,
        _ => true,
    };
    (!is_own).then_some(setting)
}

/// Whether this is the path of a static or a constant.
pub(crate) fn is_static(tokens: &[Token]) -> bool {
    let is_upper = |text: &str| {
        text.chars().all(|letter| letter.is_uppercase() || letter == '_' || letter.is_ascii_digit())
    };
    tokens.iter().all(|token| token.shape == Shape::Word || token.is(":"))
        && tokens.last().is_some_and(|last| is_upper(&last.text))
}

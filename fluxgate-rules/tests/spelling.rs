//! "Did you mean ..?" never suggests the opposite of what was written, and a one-letter typo leads back to the word.
#![allow(missing_docs)]

use fluxgate_rules::foreign::{Part, meanings, senses};
use fluxgate_rules::spelling::nearest;
use fluxgate_rules::vocabulary::{ON_CANCEL, PERMIT, RETRY, TRIP, Vocabulary, WINDOW};

const ARGUMENTS: &[&str] = &[
    "name",
    "window",
    "trip",
    "normal",
    "outage",
    "track",
    "success",
    "ignore",
    "retry",
    "permit",
    "max_half_open_calls",
    "half_open_timeout",
    "rejected",
    "fallback",
    "timeout",
    "on_panic",
    "on_cancel",
    "count_calls",
    "breaker",
    "handle",
    "key",
    "max_keys",
    "key_idle",
    "crate",
];
const TRACKERS: &[&str] = &["all", "matches", "type_of", "custom", "ok", "returned", "server_errors"];

/// The sets of words that are searched for each word.
fn sets() -> Vec<Vec<&'static str>> {
    let words = |vocabulary: &'static Vocabulary| vocabulary.entries.iter().map(|entry| entry.word).collect();
    let keywords = RETRY.entries.iter().flat_map(|entry| entry.keywords.iter().map(|keyword| keyword.name));
    let mut sets: Vec<Vec<_>> = [&TRIP, &WINDOW, &RETRY, &PERMIT, &ON_CANCEL].map(words).to_vec();
    sets.extend([ARGUMENTS.to_vec(), TRACKERS.to_vec(), keywords.collect()]);
    sets
}

/// Prefixes that negate a word, or one of its parts.
const BEFORE: [&str; 14] = [
    "no_", "non_", "not_", "un_", "anti_", "without_", "zero_", "no", "non", "not", "un", "mis", "dis",
    "anti",
];
/// Suffixes that do so.
const BEHIND: [&str; 3] = ["_free", "_less", "less"];
/// Words with opposite or mutually exclusive meanings.
const OPPOSITES: [(&str, &[&str]); 29] = [
    ("abnormal", &["normal"]),
    ("after", &["before"]),
    ("always", &["never"]),
    ("avg", &["max", "min", "low", "high", "top", "med", "p99", "sum"]),
    ("average", &["maximum", "minimum", "lowest", "highest"]),
    ("closed", &["open", "opened"]),
    ("down", &["up"]),
    ("exclude", &["include"]),
    ("excluded", &["included"]),
    ("failed", &["passed", "succeeded", "ok"]),
    ("failing", &["passing", "working", "succeeding", "healthy"]),
    ("failure", &["success", "ok", "pass"]),
    ("failures", &["successes", "oks", "passes"]),
    ("half", &["full", "whole", "fully"]),
    ("ignore", &["record", "heed"]),
    ("in", &["on", "out", "off"]),
    ("max", &["min", "least"]),
    ("maximum", &["minimum", "least"]),
    ("min", &["max", "most"]),
    ("minimum", &["maximum", "most"]),
    ("never", &["always"]),
    ("normal", &["abnormal", "unusual"]),
    ("off", &["on"]),
    ("ok", &["nok", "bad", "failed"]),
    ("on", &["off", "out"]),
    ("open", &["closed", "close", "shut"]),
    ("slow", &["fast", "quick", "ok", "good", "normal"]),
    ("success", &["failure", "error"]),
    ("unhealthy", &["healthy", "up"]),
];

/// All opposites of a word.
fn opposites(word: &str) -> Vec<String> {
    let mut opposites = Vec::new();
    let parts: Vec<_> = word.split('_').collect();
    for (at, part) in parts.iter().enumerate() {
        let with = |other: String| {
            let mut parts: Vec<_> = parts.iter().map(ToString::to_string).collect();
            parts[at] = other;
            parts.join("_")
        };
        opposites.extend(BEFORE.iter().map(|negation| with(format!("{negation}{part}"))));
        opposites.extend(BEHIND.iter().map(|negation| with(format!("{part}{negation}"))));
        let others = OPPOSITES.iter().filter(|(known, _)| known == part).flat_map(|(_, others)| *others);
        opposites.extend(others.map(|other| with((*other).to_owned())));
    }
    opposites
}

/// All one-letter typos of a word.
fn slips(word: &str) -> Vec<String> {
    let mut slips = Vec::new();
    let letters: Vec<char> = word.chars().collect();
    let mut slip = |change: &dyn Fn(&mut Vec<char>)| {
        let mut letters = letters.clone();
        change(&mut letters);
        slips.push(letters.into_iter().collect::<String>());
    };
    for at in 0..letters.len() {
        for letter in ('a'..='z').chain(['_']) {
            slip(&|letters| letters[at] = letter);
            slip(&|letters| letters.insert(at, letter));
        }
        slip(&|letters| {
            letters.remove(at);
        });
        slip(&|letters| letters.swap(at.saturating_sub(1), at));
    }
    slips.retain(|slip| slip != word);
    slips
}

#[test]
fn no_suggestion_says_the_opposite() {
    for set in sets() {
        for word in &set {
            for opposite in opposites(word).iter().filter(|opposite| !set.contains(&opposite.as_str())) {
                let near = nearest(opposite, set.iter().copied());
                // `no_panic` may also be a typo.
                assert!(near != Some(word) || slips(word).contains(opposite), "{opposite}: {word}");
            }
        }
    }
}

#[test]
fn no_misspelling_of_another_librarys_word_says_the_opposite() {
    for meaning in meanings().filter(|meaning| !matches!(meaning.part, Part::Elsewhere(_))) {
        let words: Vec<_> = meaning.words.iter().map(|foreign| foreign.word).collect();
        let near: Vec<_> = words.iter().flat_map(|word| slips(word)).collect();
        for word in &words {
            for opposite in opposites(word) {
                let is_same = senses(&opposite)
                    .iter()
                    .any(|sense| (sense.setting, sense.part) == (meaning.setting, meaning.part));
                let is_right = words.contains(&opposite.as_str()) || near.contains(&opposite);
                assert!(!is_same || is_right, "{opposite}: {word}");
            }
        }
    }
}

#[test]
fn a_typo_of_one_letter_leads_back() {
    // These are words of their own.
    const OTHERS: [&str; 4] = ["on_flight", "in_panic", "in_cancel", "nok"];
    for set in sets() {
        for word in &set {
            for slip in slips(word).iter().filter(|slip| !OTHERS.contains(&slip.as_str())) {
                assert_eq!(nearest(slip, set.iter().copied()), Some(*word), "{slip}");
            }
        }
    }
}

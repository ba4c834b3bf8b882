//! "Did you mean ..?"

/// The candidate most like `word`, if close enough to have been meant; otherwise the shortest that starts with `word`,
/// which may be incomplete.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = snake(word);
    let candidates: Vec<_> = candidates.into_iter().collect();
    let distances = candidates.iter().map(|candidate| (distance(&word, candidate), *candidate));
    let nearest = distances
        .filter(|&(distance, candidate)| is_near(distance, &word, candidate))
        .filter(|(_, candidate)| !differs_in_meaning(&word, candidate))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate);
    let letters = word.chars().count();
    nearest.or_else(|| {
        let begun = candidates.iter().filter(|candidate| letters > 2 && candidate.starts_with(&word));
        begun.copied().min_by_key(|candidate| candidate.len())
    })
}

/// Whether a word at this distance is close enough: one letter in three may differ, but not all letters of a short
/// word. If several differ, the first must not, since people rarely mistype that: `server` is not `never`.
fn is_near(distance: usize, word: &str, known: &str) -> bool {
    let letters = word.chars().count().max(known.len());
    let is_close = distance <= (letters / 3).max(1) && distance < known.len();
    is_close && (distance == 1 || begins_alike(word, known))
}

/// Whether two words begin with the same letter, or with two swapped ones.
fn begins_alike(word: &str, known: &str) -> bool {
    let first_two = |word: &str| -> [Option<char>; 2] {
        let mut letters = word.chars();
        [letters.next(), letters.next()]
    };
    let ([first, second], [known_first, known_second]) = (first_two(word), first_two(known));
    first == known_first || first == known_second && second == known_first
}

/// Whether a word can only be a misspelling of the known one. Both are in snake case. Unlike for [nearest], there are
/// many known words, so the words must be closer, and short ones must be equal.
pub(crate) fn is_misspelling(word: &str, known: &str) -> bool {
    let letters = known.len();
    let allowed = match letters {
        0..7 => 0,
        7..12 => 1,
        12..20 => 2,
        _ => 3,
    };
    let joined = |word: &str| word.replace('_', "");
    if allowed == 0 || word.len().abs_diff(letters) > allowed + 2 || !begins_alike(word, known) {
        return word == known;
    }
    let (parts, known_parts): (Vec<_>, Vec<_>) = (word.split('_').collect(), known.split('_').collect());
    if parts.len() != known_parts.len() {
        return joined(word) == joined(known);
    }
    // If most letters differ, the distance need not be computed.
    let same = word.bytes().zip(known.bytes()).filter(|(one, other)| one == other).count();
    let same_from_behind =
        word.bytes().rev().zip(known.bytes().rev()).filter(|(one, other)| one == other).count();
    if same.max(same_from_behind) < letters / 3 {
        return false;
    }
    let distances = parts.iter().zip(&known_parts).map(|(part, known)| (distance(part, known), known.len()));
    // No part may be a different word.
    let is_same =
        |(distance, letters): (usize, usize)| distance <= (letters / 3).max(1) && distance < letters;
    let mut total = 0;
    for (distance, letters) in distances {
        if distance > 0 && !is_same((distance, letters)) {
            return false;
        }
        total += distance;
    }
    total <= allowed && !differs_in_meaning(word, known)
}

/// Parts of words that negate the rest, on their own or attached: `no_failures`, `unclosed`, `failure_free`.
const NEGATIONS: [&str; 13] =
    ["no", "non", "not", "un", "mis", "dis", "de", "anti", "never", "without", "free", "less", "zero"];

/// Mutually exclusive meanings, one set per row, each given by the word parts that express it.
const EXCLUSIVE: [&[&[&str]]; 13] = [
    &[&["min", "minimum", "least"], &["max", "maximum", "most"]],
    &[
        &["success", "successes", "ok", "good", "healthy", "normal", "fast", "passing", "working"],
        &["failure", "failures", "failing", "nok", "bad", "unhealthy", "abnormal", "slow"],
    ],
    &[&["open", "opened"], &["closed", "close", "shut"]],
    &[&["half"], &["full", "fully", "whole"]],
    &[&["in"], &["on"], &["out"], &["off"]],
    &[&["up"], &["down"]],
    &[&["record"], &["ignore"]],
    &[&["include", "included"], &["exclude", "excluded"]],
    &[&["call"], &["wait"]],
    &[&["enable"], &["disable"]],
    &[&["before"], &["after"]],
    &[&["always"], &["never"]],
    &[&["first"], &["last"]],
];

/// How the name of something of the user's own begins: `my_backoff`.
const OWN: [&str; 3] = ["my", "our", "custom"];

/// Whether a word differs in meaning from the known one it resembles, and so is not a misspelling of it: it names
/// something of the user's own, it negates the known one, or one of its parts excludes a part of that, or shares
/// nothing with the corresponding part, as in `max_latency` and `avg_latency`.
fn differs_in_meaning(word: &str, known: &str) -> bool {
    let (parts, known_parts): (Vec<_>, Vec<_>) = (word.split('_').collect(), known.split('_').collect());
    // The same letters, split differently.
    if parts.concat() == known_parts.concat() {
        return false;
    }
    let is_excluded = EXCLUSIVE.iter().any(|row| {
        let has = |parts: &[&str], meaning: &[&str]| parts.iter().any(|part| meaning.contains(part));
        let meant = || row.iter().map(|meaning| (has(&parts, meaning), has(&known_parts, meaning)));
        meant().any(|(is_meant, _)| is_meant)
            && meant().any(|(_, is_known)| is_known)
            && !meant().any(|(is_meant, is_known)| is_meant && is_known)
    });
    let whole = distance(word, known);
    let is_negated = without_one_negation(&parts)
        .any(|rest| distance(&rest, known).saturating_add(word.len() - rest.len()) <= whole);
    // If the whole word is closer than one of its parts, it is only split differently.
    let is_replaced = |(part, known): (&&str, &&str)| {
        let distance = distance(part, known).min(whole);
        distance >= known.len().max(3) || distance > 1 && NEGATIONS.contains(part)
    };
    let is_cut_alike = parts.len() == known_parts.len();
    let is_own = parts.len() > 1 && OWN.contains(&parts[0]) && !known_parts.contains(&parts[0]);
    is_own || is_excluded || is_negated || is_cut_alike && parts.iter().zip(&known_parts).any(is_replaced)
}

/// A word without one of its negations, whether that is a part of it or attached to one; one result for each negation.
fn without_one_negation(parts: &[&str]) -> impl Iterator<Item = String> {
    let of = |at: usize, negation: &str| {
        let part = parts[at];
        let rest = part.strip_prefix(negation).or_else(|| part.strip_suffix(negation))?;
        let rest = (!rest.is_empty()).then_some(rest);
        let parts: Vec<_> =
            parts[..at].iter().copied().chain(rest).chain(parts[at + 1..].iter().copied()).collect();
        Some(parts.join("_"))
    };
    (0..parts.len()).flat_map(move |at| NEGATIONS.iter().filter_map(move |negation| of(at, negation)))
}

/// Whether a word is a Rust keyword, and so neither a misspelling nor the name of a function.
pub fn is_keyword(word: &str) -> bool {
    const KEYWORDS: [&str; 22] = [
        "as", "async", "await", "const", "else", "false", "fn", "for", "if", "impl", "in", "let", "loop",
        "match", "move", "return", "self", "static", "true", "unsafe", "where", "while",
    ];
    KEYWORDS.contains(&word)
}

/// A word in snake case: `failureRate`, `FailureRate`, `failure-rate` and `FAILURE_RATE` all become `failure_rate`.
pub fn snake(word: &str) -> String {
    let mut text = String::new();
    let mut was_lower = false;
    for character in word.strip_prefix("r#").unwrap_or(word).chars() {
        if character.is_uppercase() && was_lower {
            text.push('_');
        }
        was_lower = character.is_lowercase() || character.is_ascii_digit();
        match character {
            '-' => text.push('_'),
            _ => text.extend(character.to_lowercase()),
        }
    }
    text
}

/// The Damerau-Levenshtein distance: how many letters must be inserted, deleted, replaced or swapped with a neighbour.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<_>, Vec<_>) = (from.chars().collect(), to.chars().collect());
    // None of our words is that long, and the work is quadratic.
    if from.len() > 64 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0; to.len() + 1]; from.len() + 1];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
                let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest, snake};

    #[test]
    fn counts_changed_letters() {
        for (from, to, expected) in [
            ("", "min", 3),
            ("min", "min", 0),
            ("mni", "min", 1),
            ("mim", "min", 1),
            ("fialure", "failures", 2),
            ("imn", "min", 1),
            ("closedl", "closed", 1),
        ] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
        let (long, longer) = ("x".repeat(64), "x".repeat(65));
        assert_eq!((distance(&long, "min"), distance(&longer, "min")), (64, usize::MAX));
    }

    #[test]
    fn other_cases_become_snake_case() {
        for word in ["failureRate", "FailureRate", "failure-rate", "FAILURE_RATE", "r#failure_rate"] {
            assert_eq!(snake(word), "failure_rate", "{word}");
        }
    }

    #[test]
    fn suggests_only_what_is_near() {
        let words = ["closed", "half_open", "min", "failure_rate", "failures"];
        for (word, expected) in [
            ("failure_rat", Some("failure_rate")),
            ("failureRate", Some("failure_rate")),
            ("mn", Some("min")),
            ("halfopen", Some("half_open")),
            ("fail", Some("failures")),
            ("half", Some("half_open")),
            ("fa", None),
            ("max", None),
            ("x", None),
            ("temperature_of_tea", None),
            ("faiure_rte", Some("failure_rate")),
            ("mjn", Some("min")),
            ("lcosed", Some("closed")),
            ("nosed", None),
            ("alosed", Some("closed")),
        ] {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
        // Not if every letter differs.
        assert_eq!(nearest("x", ["y"]), None);
    }
}

//! The words of trackers: ours, and other libraries'.

/// The words, each with an example of the content of its parentheses.
pub(crate) const WORDS: [(&str, &str); 7] = [
    ("all", ""),
    ("matches", "PATTERN"),
    ("type_of", "SomeError"),
    ("custom", "|error| .."),
    ("ok", "PATTERN"),
    ("returned", "PATTERN"),
    ("server_errors", ""),
];

/// Words that people may write instead, each with ours.
pub(crate) const FOREIGN: [(&str, &str); 21] = [
    ("any", "all"),
    ("every", "all"),
    ("errors", "all"),
    ("err", "matches"),
    ("Err", "matches"),
    ("error", "matches"),
    ("match", "matches"),
    ("kind", "matches"),
    ("is", "type_of"),
    ("instance_of", "type_of"),
    ("downcast", "type_of"),
    ("predicate", "custom"),
    ("when", "custom"),
    ("value", "ok"),
    ("Ok", "ok"),
    ("result", "returned"),
    ("return", "returned"),
    ("server_error", "server_errors"),
    ("server_errors_as_failures", "server_errors"),
    ("ServerErrorsAsFailures", "server_errors"),
    ("status_5xx", "server_errors"),
];

/// Whether a text begins as a tracker does.
pub(crate) fn is_tracker(text: &str) -> bool {
    let word = text.trim_start_matches(['!', '(', ' ']).split(['(', ' ']).next();
    WORDS.iter().any(|(known, _)| Some(*known) == word)
}

/// All words, for a message.
pub(crate) fn expected() -> String {
    let words: Vec<_> = WORDS
        .iter()
        .map(
            |(word, example)| {
                if example.is_empty() { format!("`{word}`") } else { format!("`{word}({example})`") }
            },
        )
        .collect();
    format!("expected one of {}, joined with `&`, `|` and `!`", words.join(", "))
}

//! What is wrong, where, and what would be right.

use core::fmt::{self, Write as _};
use core::ops::Range;

use crate::text::token::Place;

/// A mistake, for a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What is wrong.
    pub what: String,
    /// Where.
    pub place: Place,
    /// How to fix it.
    pub help: Option<String>,
    /// The replacement that fixes it, and its place.
    pub correction: Option<(Place, String)>,
}

impl Problem {
    /// A problem, so far without help.
    pub fn new(place: Place, what: impl Into<String>) -> Self {
        Self { what: what.into(), place, help: None, correction: None }
    }

    /// Adds help in words.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a replacement for the place, which the message mentions already.
    #[must_use]
    pub fn corrected_by(mut self, correction: impl Into<String>) -> Self {
        self.correction = Some((self.place, correction.into()));
        self
    }

    /// Adds a replacement for the place.
    #[must_use]
    pub fn correct(self, correction: impl Into<String>) -> Self {
        let place = self.place;
        self.correct_at(place, correction)
    }

    /// Adds a replacement for a larger place around the wrong one.
    #[must_use]
    pub fn correct_at(mut self, place: Place, correction: impl Into<String>) -> Self {
        let correction = correction.into();
        if self.help.is_none() {
            self.help = Some(format!("write `{correction}`"));
        }
        self.correction = Some((place, correction));
        self
    }

    /// The message for a string: what is wrong, then the string with carets under the place, then the help.
    pub fn draw(&self, source: &str, bytes: &[Range<usize>]) -> String {
        let mut text = self.what.clone();
        let range = bytes_of(self.place, source, bytes);
        let mut at = 0;
        for line in source.split('\n') {
            let end = at + line.len();
            // Only the first line of the place gets carets; the message has the rest.
            if range.start <= end {
                let start = range.start - at;
                let stop = range.end.clamp(range.start, end) - at;
                let indent = line.len() - line.trim_start().len();
                let indent = indent.min(start);
                let _ = write!(text, "\n  | {}", line[indent..].trim_end().replace('\t', " "));
                let blank = " ".repeat(width(&line[indent..start]));
                let carets = "^".repeat(width(&line[start..stop]).max(1));
                let _ = write!(text, "\n  | {blank}{carets}");
                break;
            }
            at = end + 1;
        }
        if let Some(help) = &self.help {
            let _ = write!(text, "\nhelp: {help}");
        }
        printable(&text)
    }

    /// The string with the correction applied, if there is one.
    pub fn corrected(&self, source: &str, bytes: &[Range<usize>]) -> Option<String> {
        let (place, correction) = self.correction.as_ref()?;
        let mut corrected = source.to_owned();
        corrected.replace_range(bytes_of(*place, source, bytes), correction);
        Some(corrected)
    }
}

/// Whether a terminal or a log would act on a character instead of showing it: control characters, line ends, and changes of
/// direction.
pub fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// How many columns of a terminal a text takes.
fn width(text: &str) -> usize {
    let columns = |character: char| match character {
        // Combining marks.
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        // East Asian wide characters, and emoji.
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    };
    text.chars().map(columns).sum()
}

/// Replaces each character that a terminal would act on by a visible one.
fn printable(text: &str) -> String {
    let hides = |character| is_obeyed(character) && character != '\n';
    text.chars()
        .map(|character| if hides(character) { char::REPLACEMENT_CHARACTER } else { character })
        .collect()
}

/// The byte range of a place in the string. An empty place is after the token before it.
fn bytes_of(place: Place, source: &str, bytes: &[Range<usize>]) -> Range<usize> {
    if place.is_empty() {
        let at = match place.start.checked_sub(1) {
            Some(before) => bytes.get(before).map_or(source.len(), |range| range.end),
            None => 0,
        };
        return at..at;
    }
    match (bytes.get(place.start), bytes.get(place.end - 1)) {
        (Some(first), Some(last)) => first.start..last.end,
        _ => 0..source.len(),
    }
}

/// The message for tokens, which are underlined where they stand.
impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what)?;
        match &self.help {
            Some(help) => write!(formatter, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Problem;
    use crate::text::lexer::lex;
    use crate::text::token::Place;

    fn drawn(source: &str, place: Place) -> String {
        Problem::new(place, "wrong").help("right").draw(source, &lex(source).bytes)
    }

    #[test]
    fn draws_carets_under_the_place() {
        assert_eq!(
            drawn("min(10) & größer | x", Place::at(5)),
            "wrong\n  | min(10) & größer | x\n  |           ^^^^^^\nhelp: right"
        );
    }

    #[test]
    fn carets_stand_under_wide_letters_and_marks() {
        assert_eq!(
            drawn("失敗(1) & e\u{301}t\u{e9} | x", Place::at(5)),
            "wrong\n  | 失敗(1) & e\u{301}t\u{e9} | x\n  |           ^^^\nhelp: right"
        );
    }

    #[test]
    fn draws_the_line_of_a_string_of_several() {
        assert_eq!(
            drawn("\n    min(10)\n    & ≥ max\n", Place::at(6)),
            "wrong\n  | & ≥ max\n  |     ^^^\nhelp: right"
        );
    }

    #[test]
    fn prints_nothing_that_a_terminal_would_obey() {
        assert_eq!(
            drawn("a \u{1b}[31m\u{202e}b", Place::at(0)),
            "wrong\n  | a \u{fffd}[31m\u{fffd}b\n  | ^\nhelp: right"
        );
    }

    #[test]
    fn corrects_a_place_or_between_tokens() {
        let source = "min(10) & größer";
        let lexed = lex(source);
        let corrected = |problem: Problem| problem.corrected(source, &lexed.bytes).expect("a correction");
        assert_eq!(corrected(Problem::new(Place::at(5), "wrong").correct("closed")), "min(10) & closed");
        assert_eq!(
            corrected(Problem::new(Place::at(0), "wrong").correct_at(Place::new(6, 6), " | x")),
            "min(10) & größer | x"
        );
        assert_eq!(
            corrected(Problem::new(Place::at(0), "wrong").correct_at(Place::new(0, 0), "(")),
            "(min(10) & größer"
        );
        assert_eq!(Problem::new(Place::at(0), "wrong").corrected(source, &lexed.bytes), None);
    }

    #[test]
    fn helps_in_words_or_by_the_correction() {
        let problem = Problem::new(Place::at(0), "wrong");
        assert_eq!(problem.to_string(), "wrong");
        assert_eq!(problem.clone().correct("x").to_string(), "wrong\nhelp: write `x`");
        assert_eq!(problem.clone().help("right").correct("x").to_string(), "wrong\nhelp: right");
        assert_eq!(problem.corrected_by("x").to_string(), "wrong");
    }

    #[test]
    fn draws_one_caret_where_something_is_missing() {
        assert_eq!(drawn("", Place::new(0, 0)), "wrong\n  | \n  | ^\nhelp: right");
        assert_eq!(drawn("a &", Place::new(2, 2)), "wrong\n  | a &\n  |    ^\nhelp: right");
    }
}

//! Drawing problems for people: the text with carets under the wrong place, or with the suggestion applied.

use core::fmt::Write as _;
use core::ops::Range;

use crate::text::problem::Problem;
use crate::text::token::TokenRange;

impl Problem {
    /// The message for a string: what is wrong, the string with carets under the place, and the help.
    pub fn draw(&self, source: &str, bytes: &[Range<usize>]) -> String {
        let place = Some((source, bytes_of(self.place, source, bytes)));
        draw(&self.message(), place, self.help_text().as_deref())
    }

    /// The string with the suggestion applied, if there is one.
    pub fn corrected(&self, source: &str, bytes: &[Range<usize>]) -> Option<String> {
        let suggestion = self.suggestion()?;
        let mut corrected = source.to_owned();
        corrected.replace_range(bytes_of(suggestion.range, source, bytes), &suggestion.replacement);
        // What is removed at an end leaves its space behind.
        Some(corrected.trim().to_owned())
    }
}

/// The message, the line of the place with carets under it, and the help.
pub(crate) fn draw(message: &str, place: Option<(&str, Range<usize>)>, help: Option<&str>) -> String {
    let mut text = message.to_owned();
    if let Some((source, bytes)) = place {
        underline(source, &bytes, &mut text);
    }
    if let Some(help) = help {
        let _ = write!(text, "\nhelp: {help}");
    }
    printable(&text)
}

/// Adds the line where the place begins, with carets. A place that continues on other lines is not underlined there.
fn underline(source: &str, place: &Range<usize>, text: &mut String) {
    let begin = source[..place.start].rfind('\n').map_or(0, |before| before + 1);
    let line = source[begin..].split('\n').next().unwrap_or_default();
    let (start, stop) = (place.start - begin, place.end.min(begin + line.len()) - begin);
    let indent = (line.len() - line.trim_start().len()).min(start);
    let _ = write!(text, "\n  | {}", line[indent..].trim_end().replace('\t', " "));
    let blank = " ".repeat(width(&line[indent..start]));
    let carets = "^".repeat(width(&line[start..stop]).max(1));
    let _ = write!(text, "\n  | {blank}{carets}");
}

/// Whether a terminal or a log would act on a character instead of showing it: control characters, line ends, and
/// changes of direction.
pub fn controls_terminal(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// How many terminal columns a text occupies.
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

/// Replaces each character that a terminal would act on with a visible one.
pub(crate) fn printable(text: &str) -> String {
    let hides = |character| controls_terminal(character) && character != '\n';
    text.chars()
        .map(|character| if hides(character) { char::REPLACEMENT_CHARACTER } else { character })
        .collect()
}

/// The byte range of tokens in the string. An empty range follows the token before it.
pub(crate) fn bytes_of(tokens: TokenRange, source: &str, bytes: &[Range<usize>]) -> Range<usize> {
    if tokens.is_empty() {
        let at = match tokens.start.checked_sub(1) {
            Some(before) => bytes.get(before).map_or(source.len(), |range| range.end),
            None => 0,
        };
        return at..at;
    }
    match (bytes.get(tokens.start), bytes.get(tokens.end - 1)) {
        (Some(first), Some(last)) => first.start..last.end,
        _ => 0..source.len(),
    }
}

#[cfg(test)]
mod tests {
    use crate::text::lexer::lex;
    use crate::text::problem::Problem;
    use crate::text::token::TokenRange;

    fn drawn(source: &str, place: TokenRange) -> String {
        Problem::new(place, "wrong").help("right").draw(source, &lex(source).bytes)
    }

    #[test]
    fn draws_carets_under_the_place() {
        assert_eq!(
            drawn("min(10) & größer | x", TokenRange::at(5)),
            "wrong\n  | min(10) & größer | x\n  |           ^^^^^^\nhelp: right"
        );
    }

    #[test]
    fn carets_line_up_under_wide_letters_and_combining_marks() {
        assert_eq!(
            drawn("失敗(1) & e\u{301}t\u{e9} | x", TokenRange::at(5)),
            "wrong\n  | 失敗(1) & e\u{301}t\u{e9} | x\n  |           ^^^\nhelp: right"
        );
    }

    #[test]
    fn draws_only_the_affected_line_of_several() {
        assert_eq!(
            drawn("\n    min(10)\n    & ≥ max\n", TokenRange::at(6)),
            "wrong\n  | & ≥ max\n  |     ^^^\nhelp: right"
        );
    }

    #[test]
    fn prints_nothing_that_controls_a_terminal() {
        assert_eq!(
            drawn("a \u{1b}[31m\u{202e}b", TokenRange::at(0)),
            "wrong\n  | a \u{fffd}[31m\u{fffd}b\n  | ^\nhelp: right"
        );
    }

    #[test]
    fn corrects_a_place_or_between_tokens() {
        let source = "min(10) & größer";
        let lexed = lex(source);
        let corrected = |problem: Problem| problem.corrected(source, &lexed.bytes).expect("a correction");
        assert_eq!(corrected(Problem::new(TokenRange::at(5), "wrong").correct("closed")), "min(10) & closed");
        assert_eq!(
            corrected(Problem::new(TokenRange::at(0), "wrong").correct_at(TokenRange::new(6, 6), " | x")),
            "min(10) & größer | x"
        );
        assert_eq!(
            corrected(Problem::new(TokenRange::at(0), "wrong").correct_at(TokenRange::new(0, 0), "(")),
            "(min(10) & größer"
        );
        assert_eq!(Problem::new(TokenRange::at(0), "wrong").corrected(source, &lexed.bytes), None);
    }

    #[test]
    fn draws_one_caret_where_something_is_missing() {
        assert_eq!(drawn("", TokenRange::new(0, 0)), "wrong\n  | \n  | ^\nhelp: right");
        assert_eq!(drawn("a &", TokenRange::new(2, 2)), "wrong\n  | a &\n  |    ^\nhelp: right");
    }
}

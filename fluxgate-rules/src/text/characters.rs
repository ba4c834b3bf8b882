//! Look-alike and invisible characters, and those that a web page escaped.

use crate::text::brackets::Brackets;
use crate::text::edits::Edits;
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell};

/// Characters that are not what they seem.
pub(crate) struct Illegible {
    /// The problem of the first one, which names the others. Its suggestion replaces all of them.
    pub(crate) problem: Problem,
    /// The corrected tokens.
    pub(crate) meant: Edits,
}

/// The problem of characters that are not what they seem.
pub(crate) fn problem(tokens: &[Token]) -> Option<Problem> {
    illegible(tokens).map(|illegible| illegible.problem)
}

/// The text of a string as it is written without quotes, with the characters that it seems to have; `None` if it is not
/// Rust.
pub(crate) fn bare(text: &str) -> Option<String> {
    let tokens = lex(text).tokens;
    let (text, tokens) = match illegible(&tokens) {
        Some(Illegible { meant, .. }) => (spell(&meant.tokens), meant.tokens),
        None => (text.to_owned(), tokens),
    };
    let (text, tokens) = match without_quotes(&tokens) {
        Some(tokens) => (spell(&tokens), tokens),
        None => (text, tokens),
    };
    let is_rust = tokens.iter().all(|token| token.shape != Shape::Unknown) && !text.contains('\\');
    (is_rust && Brackets::pair(&tokens).is_ok()).then_some(text)
}

/// The tokens without the quotes around single words, `'closed'`, if there are any. To Rust, they begin a character.
fn without_quotes(tokens: &[Token]) -> Option<Vec<Token>> {
    let is_quote = |at: usize| tokens.get(at).is_some_and(|token| token.is("'"));
    let encloses = |at: usize| {
        is_quote(at) && is_quote(at + 2) && tokens.get(at + 1).is_some_and(|word| word.shape == Shape::Word)
    };
    let opening: Vec<_> = (0..tokens.len()).filter(|at| encloses(*at)).collect();
    let is_around =
        |at: &usize| opening.contains(at) || at.checked_sub(2).is_some_and(|at| opening.contains(&at));
    let kept = (0..tokens.len()).filter(|at| !is_around(at)).map(|at| tokens[at].clone());
    (!opening.is_empty()).then(|| kept.collect())
}

/// The characters that are not what they seem, if there are any.
pub(crate) fn illegible(tokens: &[Token]) -> Option<Illegible> {
    let mut problems: Vec<Problem> = Vec::new();
    let (mut right, mut before): (Vec<Token>, Vec<TokenRange>) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let (length, problem) = match entity(&tokens[at..]) {
            Some((length, sign)) => {
                let text: String = tokens[at..at + length].iter().map(|token| token.text.as_str()).collect();
                let what = format!("`{text}` is HTML for `{sign}`");
                (length, Some(Problem::new(TokenRange::new(at, at + length), what).correct(sign)))
            }
            None if tokens[at].shape == Shape::Literal => (1, None),
            None => (1, strange(&tokens[at], at)),
        };
        if let Some(suggestion) = problem.as_ref().and_then(Problem::suggestion) {
            right.extend(lex(&suggestion.replacement).tokens);
            before.resize(right.len(), suggestion.range);
        } else {
            // Joins a word split by an invisible character.
            let is_behind_it = at > 0 && tokens[at - 1].shape == Shape::Unknown;
            let is_word = |token: &Token| token.shape == Shape::Word;
            if let ([.., last], [.., place]) = (right.as_mut_slice(), before.as_mut_slice())
                && is_behind_it
                && is_word(last)
                && is_word(&tokens[at])
            {
                last.text.push_str(&tokens[at].text);
                *place = TokenRange::new(place.start, at + 1);
            } else {
                right.push(tokens[at].clone());
                before.push(TokenRange::at(at));
            }
        }
        problems.extend(problem);
        at += length;
    }
    let name = |problem: &Problem| {
        let text: String = problem.place.of(tokens).iter().map(|token| token.text.as_str()).collect();
        match text.chars().find(|character| is_invisible(*character)) {
            Some(character) => format!("U+{:04X}", character as u32),
            None => format!("`{text}`"),
        }
    };
    let mut names: Vec<String> = Vec::new();
    for name in problems.iter().map(name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let is_one = problems.len() == 1;
    let mut problem = problems.into_iter().next()?;
    if !is_one {
        let Problem { what, place, .. } = problem;
        let what = match &names[1..] {
            [] => what,
            [one] => format!("{what}; {one} is not what it seems, either"),
            [rest @ .., last] => {
                format!("{what}; {} and {last} are not what they seem, either", rest.join(", "))
            }
        };
        problem = Problem::new(place, what).correct_at(TokenRange::whole(tokens), spell(&right));
    }
    Some(Illegible { problem, meant: Edits::new(right, before, tokens.len()) })
}

/// `&amp;`, `&gt;` and the like, with their length in tokens.
fn entity(tokens: &[Token]) -> Option<(usize, &'static str)> {
    let named = |name: &str| match name {
        "amp" => Some("&"),
        "gt" => Some(">"),
        "lt" => Some("<"),
        "quot" => Some("\""),
        "apos" => Some("'"),
        "nbsp" => Some(" "),
        "vert" | "verbar" => Some("|"),
        "percnt" => Some("%"),
        _ => None,
    };
    match tokens {
        [and, name, end, ..] if and.is("&") && end.is(";") && name.shape == Shape::Word => {
            Some((3, named(&name.text)?))
        }
        [and, hash, number, end, ..] if and.is("&") && hash.is("#") && end.is(";") => {
            let sign = match number.text.as_str() {
                "38" | "x26" => "&",
                "124" | "x7C" | "x7c" => "|",
                "62" | "x3E" | "x3e" => ">",
                "60" | "x3C" | "x3c" => "<",
                "39" | "x27" => "'",
                "34" | "x22" => "\"",
                "37" | "x25" => "%",
                _ => return None,
            };
            Some((4, sign))
        }
        _ => None,
    }
}

/// A token with characters that are not what they seem.
fn strange(token: &Token, at: usize) -> Option<Problem> {
    let (character, (name, looks_like)) =
        token.text.chars().find_map(|character| Some((character, meant(character)?)))?;
    let right: String = token
        .text
        .chars()
        .map(|character| {
            meant(character).map_or_else(|| character.to_string(), |(_, looks_like)| looks_like.to_owned())
        })
        .collect();
    let code = format!("U+{:04X}", character as u32);
    let what = match name {
        INVISIBLE => format!("there is an invisible character, {code}"),
        _ if token.text.chars().count() == 1 => format!("`{character}` is {name} `{looks_like}`, {code}"),
        _ => format!("the `{character}` in `{}` is {name} `{looks_like}`, {code}", token.text),
    };
    let problem = Problem::new(TokenRange::at(at), what);
    Some(if right.is_empty() { problem.help("remove it").correct("") } else { problem.correct(right) })
}

const INVISIBLE: &str = "invisible";

fn is_invisible(character: char) -> bool {
    meant(character).is_some_and(|(name, _)| name == INVISIBLE)
}

/// The name of a character, and what it looks like.
fn meant(character: char) -> Option<(&'static str, &'static str)> {
    // From `!` to `~`, in the same order.
    const ASCII: &str =
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    Some(match character {
        '\u{ff01}'..='\u{ff5e}' => {
            let at = (character as usize) - 0xff01;
            ("a full-width", &ASCII[at..=at])
        }
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => (INVISIBLE, ""),
        '\u{2018}' | '\u{2019}' | '\u{201a}' => ("a typographic", "'"),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => ("a typographic", "\""),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => ("a dash, not", "-"),
        '\u{2227}' | '\u{22c0}' => ("the logic symbol for", "&"),
        '\u{2228}' | '\u{22c1}' => ("the logic symbol for", "|"),
        '\u{ac}' => ("the logic symbol for", "!"),
        '\u{d7}' => ("the math symbol for", "*"),
        '\u{f7}' => ("the math symbol for", "/"),
        '\u{3001}' => ("an ideographic", ","),
        '\u{430}' | '\u{3b1}' => ("a letter of another alphabet, not", "a"),
        '\u{435}' => ("a letter of another alphabet, not", "e"),
        '\u{43e}' | '\u{3bf}' => ("a letter of another alphabet, not", "o"),
        '\u{440}' | '\u{3c1}' => ("a letter of another alphabet, not", "p"),
        '\u{441}' => ("a letter of another alphabet, not", "c"),
        '\u{443}' => ("a letter of another alphabet, not", "y"),
        '\u{445}' => ("a letter of another alphabet, not", "x"),
        '\u{456}' | '\u{3b9}' | '\u{131}' => ("a letter of another alphabet, not", "i"),
        '\u{455}' => ("a letter of another alphabet, not", "s"),
        '\u{43c}' => ("a letter of another alphabet, not", "m"),
        '\u{442}' => ("a letter of another alphabet, not", "t"),
        '\u{43d}' => ("a letter of another alphabet, not", "n"),
        '\u{3bd}' => ("a letter of another alphabet, not", "v"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{bare, problem};
    use crate::text::lexer::lex;

    #[test]
    fn a_text_loses_its_quotes_only_if_it_is_rust_without_them() {
        assert_eq!(bare("min( 10 )").as_deref(), Some("min( 10 )"));
        assert_eq!(bare("failure_rate(50\u{ff05})").as_deref(), Some("failure_rate(50%)"));
        for text in ["min(10", "min(10))", "matches(\\\"a\\\")", "failures(5) \u{20ac}"] {
            assert_eq!(bare(text), None, "{text}");
        }
    }

    #[test]
    fn strange_characters_are_named() {
        for (text, what, right) in [
            ("a ＆ b", "`＆` is a full-width `&`, U+FF06", "&"),
            ("ｍｉｎ(1)", "the `ｍ` in `ｍｉｎ` is a full-width `m`, U+FF4D", "min"),
            (
                "f\u{430}il",
                "the `\u{430}` in `f\u{430}il` is a letter of another alphabet, not `a`, U+0430",
                "fail",
            ),
            ("a \u{200b}b", "there is an invisible character, U+200B", ""),
            ("\u{feff}a", "there is an invisible character, U+FEFF", ""),
            ("a \u{2227} b", "`\u{2227}` is the logic symbol for `&`, U+2227", "&"),
            ("\u{201c}a", "`\u{201c}` is a typographic `\"`, U+201C", "\""),
            (
                "m\u{ff08}1\u{ff09} &amp; a\u{ad}b",
                "`\u{ff08}` is a full-width `(`, U+FF08; `\u{ff09}`, `&amp;` and U+00AD are not what they seem, either",
                "m(1) & ab",
            ),
            ("a &amp; b", "`&amp;` is HTML for `&`", "&"),
            ("a &#38; b", "`&#38;` is HTML for `&`", "&"),
        ] {
            let Some(problem) = problem(&lex(text).tokens) else { panic!("{text}") };
            assert_eq!(problem.what, what);
            assert_eq!(problem.suggestion().map(|suggestion| suggestion.replacement.as_str()), Some(right));
        }
        // Letters of other languages are not a mistake.
        assert_eq!(problem(&lex("größer(1) & 失敗 | \"＆\"").tokens), None);
    }
}

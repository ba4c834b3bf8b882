//! A rule in a string -> tokens.
//!
//! Tokens end where Rust's own lexer ends them, so a rule in a string and the same rule written bare give the same
//! tokens, and share everything after this module. Nothing is refused here: a character that cannot start a token
//! becomes a token of its own, which the parser reports.

use core::ops::Range;

use crate::text::token::{Shape, Token};

/// The tokens of a string.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lexed {
    /// The tokens.
    pub tokens: Vec<Token>,
    /// The byte range of each token in the string.
    pub bytes: Vec<Range<usize>>,
}

/// Cuts a string into tokens.
pub fn lex(source: &str) -> Lexed {
    let mut lexed = Lexed::default();
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if let Some(length) = comment(rest) {
            at += length;
            continue;
        }
        let (shape, length) = match (literal(rest), first) {
            (Some(length), _) => (Shape::Literal, length),
            (_, '0'..='9') => (Shape::Number, number(rest)),
            _ if starts_word(first) => (Shape::Word, word(rest)),
            (_, '(' | '[' | '{') => (Shape::Open, 1),
            (_, ')' | ']' | '}') => (Shape::Close, 1),
            _ if "+-*/%^!&|=<>@.,;:#$?~'".contains(first) => (Shape::Punctuation, 1),
            _ => (Shape::Unknown, first.len_utf8()),
        };
        lexed.tokens.push(Token::new(shape, &rest[..length]));
        lexed.bytes.push(at..at + length);
        at += length;
    }
    lexed
}

/// The length of a comment: to the end of the line, or to its own end.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.starts_with("/*").then_some(())?;
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        match text.as_bytes().get(at..at + 2) {
            Some(b"/*") => depth += 1,
            Some(b"*/") => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn starts_word(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

fn continues_word(character: char) -> bool {
    // A combining mark is part of the word.
    character == '_' || character.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&character)
}

/// The length in bytes of the prefix of `text` whose characters satisfy `is`.
fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|character| !is(character)).unwrap_or(text.len())
}

fn digits(text: &str) -> usize {
    run(text, |character| character.is_ascii_digit() || character == '_')
}

/// A word, which may be raw: `r#type`.
fn word(text: &str) -> usize {
    let raw = text.strip_prefix("r#").is_some_and(|name| name.starts_with(starts_word));
    let prefix = if raw { 2 } else { 0 };
    prefix + run(&text[prefix..], continues_word)
}

/// A number with its suffix. A point belongs to it unless a word or a second point follows: `1.5s`, but `1..2`.
fn number(text: &str) -> usize {
    if ["0x", "0o", "0b"].iter().any(|prefix| text.starts_with(prefix)) {
        return run(text, continues_word);
    }
    let mut length = digits(text);
    if let Some(after) = text[length..].strip_prefix('.')
        && !after.starts_with(|character| character == '.' || starts_word(character))
    {
        length += 1 + digits(after);
    }
    // An exponent looks like a suffix, except for its sign.
    if let Some(after) = text[length..].strip_prefix(['e', 'E'])
        && let Some(after) = after.strip_prefix(['+', '-'])
        && after.starts_with(|character: char| character.is_ascii_digit())
    {
        length += 2;
    }
    length + run(&text[length..], continues_word)
}

/// A string or character literal with its suffix; `None` if there is none, or if it is unterminated.
fn literal(text: &str) -> Option<usize> {
    let prefix = run(text, |character| matches!(character, 'r' | 'b' | 'c'));
    let (kind, rest) = text.split_at(prefix);
    let length = match kind {
        "" | "b" | "c" if rest.starts_with('"') => quoted(rest, '"')?,
        "" | "b" if rest.starts_with('\'') => character(rest)?,
        "r" | "br" | "cr" => {
            let hashes = run(rest, |character| character == '#');
            let inside = rest[hashes..].strip_prefix('"')?;
            let end = format!("\"{}", &rest[..hashes]);
            hashes + 1 + inside.find(&end)? + end.len()
        }
        _ => return None,
    };
    let suffix = &rest[length..];
    // A suffix is never raw.
    Some(prefix + length + if suffix.starts_with(starts_word) { run(suffix, continues_word) } else { 0 })
}

/// The length up to the closing quote, skipping escaped characters.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut protected = false;
    for (at, character) in text.char_indices().skip(1) {
        if character == quote && !protected {
            return Some(at + 1);
        }
        protected = character == '\\' && !protected;
    }
    None
}

/// `'x'` or `'\n'`, but not the lifetime `'x`.
fn character(text: &str) -> Option<usize> {
    let mut inside = text.chars().skip(1);
    match (inside.next()?, inside.next()?) {
        ('\\', _) => quoted(text, '\''),
        (one, '\'') => Some(2 + one.len_utf8()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::lex;
    use crate::text::token::Shape::{self, Close, Literal, Number, Open, Punctuation, Unknown, Word};

    fn shapes(source: &str) -> Vec<(Shape, String)> {
        lex(source).tokens.into_iter().map(|token| (token.shape, token.text)).collect()
    }

    #[test]
    fn cuts_as_rust_does() {
        for (source, expected) in [
            ("1.5s", vec![(Number, "1.5s")]),
            ("1_500ms", vec![(Number, "1_500ms")]),
            ("1h30m", vec![(Number, "1h30m")]),
            ("0x10s", vec![(Number, "0x10s")]),
            ("1e-9", vec![(Number, "1e-9")]),
            ("1.5e+9s", vec![(Number, "1.5e+9s")]),
            ("12E9s", vec![(Number, "12E9s")]),
            ("1e-x", vec![(Number, "1e"), (Punctuation, "-"), (Word, "x")]),
            ("1.", vec![(Number, "1.")]),
            ("60 s", vec![(Number, "60"), (Word, "s")]),
            ("50%", vec![(Number, "50"), (Punctuation, "%")]),
            (".5", vec![(Punctuation, "."), (Number, "5")]),
            ("1..2", vec![(Number, "1"), (Punctuation, "."), (Punctuation, "."), (Number, "2")]),
            ("1.max", vec![(Number, "1"), (Punctuation, "."), (Word, "max")]),
            ("min(10)", vec![(Word, "min"), (Open, "("), (Number, "10"), (Close, ")")]),
            ("a::b", vec![(Word, "a"), (Punctuation, ":"), (Punctuation, ":"), (Word, "b")]),
            ("r#type", vec![(Word, "r#type")]),
            ("\"a\\\"b\" c", vec![(Literal, "\"a\\\"b\""), (Word, "c")]),
            ("r#\"a\"b\"#", vec![(Literal, "r#\"a\"b\"#")]),
            ("\"a\"s 1", vec![(Literal, "\"a\"s"), (Number, "1")]),
            ("\"a\"r#b", vec![(Literal, "\"a\"r"), (Punctuation, "#"), (Word, "b")]),
            ("'x' 'y", vec![(Literal, "'x'"), (Punctuation, "'"), (Word, "y")]),
            ("'\\'' b'\\n'", vec![(Literal, "'\\''"), (Literal, "b'\\n'")]),
            ("''' ''", vec![(Literal, "'''"), (Punctuation, "'"), (Punctuation, "'")]),
            ("ax'", vec![(Word, "ax"), (Punctuation, "'")]),
            ("\"a", vec![(Unknown, "\""), (Word, "a")]),
            ("1 // one\n2", vec![(Number, "1"), (Number, "2")]),
            ("1 /* one /* of */ é */ 2", vec![(Number, "1"), (Number, "2")]),
            ("/*", vec![(Punctuation, "/"), (Punctuation, "*")]),
            ("größer ≥ 1", vec![(Word, "größer"), (Unknown, "≥"), (Number, "1")]),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(shape, text)| (shape, text.to_owned())).collect();
            assert_eq!(shapes(source), expected, "{source}");
        }
    }

    #[test]
    fn knows_where_each_token_is() {
        let source = "  größer\n& min( 10 )";
        let lexed = lex(source);
        let found: Vec<&str> = lexed.bytes.iter().map(|bytes| &source[bytes.clone()]).collect();
        assert_eq!(found, ["größer", "&", "min", "(", "10", ")"]);
        assert!(lexed.tokens.iter().map(|token| token.text.as_str()).eq(found));
    }
}

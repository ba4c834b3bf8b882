//! The raw material of a rule: tokens, and ranges of them.

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A name: `min`.
    Word,
    /// A number with its suffix: `10`, `1.5s`, `0x10`.
    Number,
    /// A string or character literal.
    Literal,
    /// One punctuation character: `&`, `,`, `%`.
    Punctuation,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// A character that no Rust token begins with.
    Unknown,
}

/// One token, from a string or a program. Its position is its index.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// Its kind.
    pub shape: Shape,
    /// The text as written.
    pub text: String,
}

impl Token {
    /// A token with this text.
    pub fn new(shape: Shape, text: impl Into<String>) -> Self {
        Self { shape, text: text.into() }
    }

    /// Whether its text is this word or sign.
    pub fn is(&self, text: &str) -> bool {
        self.shape != Shape::Literal && self.text == text
    }
}

/// A range of tokens, by index. An empty range marks where something is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TokenRange {
    /// The index of the first token.
    pub start: usize,
    /// The index after the last token.
    pub end: usize,
}

impl TokenRange {
    /// The tokens from `start` up to, but not including, `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// One token.
    pub const fn at(index: usize) -> Self {
        Self { start: index, end: index + 1 }
    }

    /// All of these tokens.
    pub const fn whole(tokens: &[Token]) -> Self {
        Self { start: 0, end: tokens.len() }
    }

    /// Whether the range contains no token.
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The range with the separator before it, or else the one after it, so that removing both leaves none behind.
    #[must_use]
    pub fn with_separator(self, tokens: &[Token], is_separator: impl Fn(&Token) -> bool) -> Self {
        let Self { start, end } = self;
        if start > 0 && is_separator(&tokens[start - 1]) {
            Self::new(start - 1, end)
        } else if tokens.get(end).is_some_and(is_separator) {
            Self::new(start, end + 1)
        } else {
            self
        }
    }

    /// The tokens.
    pub fn of(self, tokens: &[Token]) -> &[Token] {
        tokens.get(self.start..self.end).unwrap_or(&[])
    }
}

/// What is between the quotes of a string literal, raw or not; `None` for any other literal.
pub(crate) fn content(literal: &str) -> Option<&str> {
    let hashes = |text: &str| text.len() - text.trim_start_matches('#').len();
    let (text, count) = match literal.strip_prefix('r') {
        Some(raw) => (raw, hashes(raw)),
        None => (literal, 0),
    };
    let text = text.get(count..)?.strip_prefix('"')?;
    text.strip_suffix(&"#".repeat(count))?.strip_suffix('"')
}

/// What is between the quotes, double or single, of a text that begins and ends with the same and contains no other.
pub(crate) fn between_quotes(text: &str) -> Option<&str> {
    let inside =
        |quote: char| text.strip_prefix(quote)?.strip_suffix(quote).filter(|inside| !inside.contains(quote));
    inside('"').or_else(|| inside('\''))
}

/// What is in the quotes, if a text is a single string. A text that only ends with a string keeps its last quote.
pub(crate) fn unquoted(text: &str) -> &str {
    content(text).filter(|inside| !inside.contains('"')).unwrap_or(text)
}

/// Spells tokens as a person would write them. Spaces are not part of a token, so tokens of a string and of a program
/// give the same text.
pub fn spell(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (index, token) in tokens.iter().enumerate() {
        if index > 0
            && is_apart(index.checked_sub(2).map(|before| &tokens[before]), &tokens[index - 1], token)
        {
            text.push(' ');
        }
        text.push_str(&token.text);
    }
    text
}

/// Spells a closure as a person would write it.
pub fn spell_closure(tokens: &[Token]) -> String {
    spell(tokens).replacen("| ", "|", 1).replacen(" |", "|", 1)
}

/// Whether a space goes between `before` and `after`: around a sign that joins two values, but not if the sign is part
/// of one value, as in `50%`, `a::b` and `-2`.
fn is_apart(earlier: Option<&Token>, before: &Token, after: &Token) -> bool {
    use Shape::{Close, Open, Punctuation};
    let is_value = |token: &Token| !matches!(token.shape, Punctuation | Open) || token.is("%");
    let is_tight = |token: &Token| {
        token.shape == Punctuation && [":", ".", "%", "!", "'", "#", "$", "?"].contains(&token.text.as_str())
    };
    match (before.shape, after.shape) {
        (Open, _) if before.is("{") => !after.is("}"),
        (_, Close) if after.is("}") => true,
        (Open, _) | (_, Close) => false,
        // `a#` would be one token of Rust.
        (_, Punctuation) if after.is("#") => before.shape != Punctuation,
        (_, Punctuation) if after.is(",") || after.is(";") || is_tight(after) => false,
        // `m: &Metrics`, but `a::b`.
        (Punctuation, _) if before.is(":") && !after.is(":") => {
            earlier.is_some_and(|earlier| !earlier.is(":"))
        }
        (Punctuation, Punctuation) => before.is(",") || before.is("%"),
        (Punctuation, _) if before.is("&") && earlier.is_some_and(|earlier| earlier.is(":")) => false,
        (Punctuation, _) if before.is("=") && earlier.is_some_and(|earlier| earlier.is(".")) => false,
        (Punctuation, _) if before.is("%") => true,
        // `a * b`, but `if *a`.
        (Punctuation, _) if ["-", "+", "*"].iter().any(|sign| before.is(sign)) => {
            earlier.is_some_and(|left| is_value(left) && !left.is("if"))
        }
        (Punctuation, _) => !is_tight(before),
        (_, Open) => is_value(before) && after.is("{"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{content, spell};
    use crate::text::lexer::lex;

    #[test]
    fn a_string_has_a_content() {
        for (literal, inside) in [
            ("\"a\"", Some("a")),
            ("r\"a\"", Some("a")),
            ("r#\"a\"b\"#", Some("a\"b")),
            ("b\"a\"", None),
            ("'a'", None),
        ] {
            assert_eq!(content(literal), inside, "{literal}");
        }
    }

    #[test]
    fn spells_naturally() {
        for (source, text) in [
            ("min( 10 )&failure_rate(50 %)|  closed", "min(10) & failure_rate(50%) | closed"),
            ("slow_rate(0.5,2s)", "slow_rate(0.5, 2s)"),
            ("time(60s,buckets=6)", "time(60s, buckets = 6)"),
            ("custom( a :: b )", "custom(a::b)"),
            ("2*N", "2 * N"),
            ("a&&b", "a && b"),
            ("{a}({})", "{ a }({})"),
            ("1+1,+1", "1 + 1, +1"),
            ("m:&M, n : 1", "m: &M, n: 1"),
            ("-2 | min(- 2,-N)", "-2 | min(-2, -N)"),
            ("a(b)(c) d [0]", "a(b)(c) d[0]"),
            ("50%min , x;y", "50% min, x; y"),
            ("50%-2", "50% - 2"),
            ("1..=2", "1..=2"),
            ("'a #b 1 #", "'a #b 1 #"),
            ("#[a]'b!c?d$e f", "#[a]'b!c?d$e f"),
        ] {
            assert_eq!(spell(&lex(source).tokens), text);
        }
    }
}

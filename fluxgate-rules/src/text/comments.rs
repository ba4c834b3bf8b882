//! Comments in the style of settings files, `# ..`, where a setting takes `// ..`.

use core::ops::Range;

use crate::text::lexer::Lexed;

/// Removes what is meant as a comment from the tokens: from a `#` after a space, which no setting contains, to the end of the line.
/// Returns where these signs are.
pub(crate) fn take(text: &str, lexed: &mut Lexed) -> Vec<Range<usize>> {
    let mut signs = Vec::new();
    let mut line_end = 0;
    let is_kept: Vec<bool> = lexed
        .tokens
        .iter()
        .zip(&lexed.bytes)
        .map(|(token, bytes)| {
            let before = &text[..bytes.start];
            let begins = token.is("#") && (before.is_empty() || before.ends_with(char::is_whitespace));
            if begins && bytes.start >= line_end {
                line_end = text[bytes.start..].find('\n').map_or(text.len(), |length| bytes.start + length);
                signs.push(bytes.clone());
            }
            bytes.start >= line_end
        })
        .collect();
    let mut kept = is_kept.iter();
    lexed.tokens.retain(|_| kept.next() == Some(&true));
    let mut kept = is_kept.iter();
    lexed.bytes.retain(|_| kept.next() == Some(&true));
    signs
}

#[cfg(test)]
mod tests {
    use super::take;
    use crate::text::lexer::lex;
    use crate::text::token::spell;

    #[test]
    fn a_comment_ends_with_its_line() {
        for (text, kept, signs) in [
            (
                "# so (\nmin(10) # don't, \"ever\" # so\n& failures(5)#6",
                "min(10) & failures(5) #6",
                vec![0, 15],
            ),
            ("min(10) &#38; failures(5)", "min(10) &#38; failures(5)", vec![]),
            ("# nothing else", "", vec![0]),
        ] {
            let mut lexed = lex(text);
            let found: Vec<usize> = take(text, &mut lexed).into_iter().map(|sign| sign.start).collect();
            assert_eq!((spell(&lexed.tokens).as_str(), found), (kept, signs), "{text}");
            assert_eq!(lexed.tokens.len(), lexed.bytes.len());
        }
    }
}

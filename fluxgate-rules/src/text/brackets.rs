//! Which parenthesis closes which, and which commas separate arguments.

use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange};

/// The deepest nesting of parentheses: far more than any rule needs, and shallow enough for recursion.
const MAX_DEPTH: usize = 32;

/// The index of the closing token for each opening one; its own index for every other token.
pub(crate) struct Brackets(Vec<usize>);

impl Brackets {
    /// Matches the parentheses. A program's tokens always match; those of a string may not.
    pub(crate) fn pair(tokens: &[Token]) -> Result<Self, Problem> {
        let mut partners: Vec<usize> = (0..tokens.len()).collect();
        let mut open: Vec<usize> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            if token.shape == Shape::Open {
                if open.len() == MAX_DEPTH {
                    return Err(Problem::new(TokenRange::at(at), "parentheses are nested too deeply")
                        .help(format!("remove those that change nothing: {MAX_DEPTH} levels are allowed")));
                }
                open.push(at);
            } else if token.shape == Shape::Close {
                let Some(opening) = open.pop() else {
                    return Err(Problem::new(TokenRange::at(at), format!("`{}` closes nothing", token.text))
                        .help("remove it")
                        .correct(""));
                };
                let expected = closing(&tokens[opening]);
                if token.text != expected {
                    return Err(Problem::new(
                        TokenRange::at(at),
                        format!("`{}` does not close `{}`", token.text, tokens[opening].text),
                    )
                    .correct(expected));
                }
                partners[opening] = at;
            }
        }
        match open.last() {
            Some(&opening) => {
                let what = format!("`{}` is never closed", tokens[opening].text);
                let closing = closing(&tokens[opening]);
                let problem = Problem::new(TokenRange::at(opening), what)
                    .help(format!("add `{closing}` where it ends"));
                let end = end_of(tokens, opening);
                Err(problem.correct_at(TokenRange::new(end, end), closing))
            }
            None => Ok(Self(partners)),
        }
    }

    /// The token that closes the one at `at`, or `at` if that opens nothing.
    pub(crate) fn close(&self, at: usize) -> usize {
        self.0[at]
    }

    /// Splits a range at its separators, except those in parentheses. Pieces may be empty.
    pub(crate) fn split_at(
        &self,
        place: TokenRange,
        mut is_separator: impl FnMut(usize) -> bool,
    ) -> Vec<TokenRange> {
        let mut pieces = Vec::new();
        let (mut start, mut at) = (place.start, place.start);
        while at < place.end {
            if is_separator(at) {
                pieces.push(TokenRange::new(start, at));
                start = at + 1;
            }
            at = self.close(at) + 1;
        }
        pieces.push(TokenRange::new(start, place.end));
        pieces
    }

    /// Splits a range at its commas. An empty last piece, after a trailing comma, is left out. Commas in parentheses,
    /// in the arguments of a type and between the parameters of a closure do not separate.
    pub(crate) fn split(&self, tokens: &[Token], place: TokenRange) -> Vec<TokenRange> {
        let (mut generics, mut is_parameter) = (0_usize, false);
        let mut pieces = self.split_at(place, |at| {
            let token = &tokens[at];
            let (before, after) = (&tokens[place.start..at], &tokens[at + 1..place.end]);
            if token.is("<") && (generics > 0 || begins_generics(before, after)) {
                generics += 1;
            } else if token.is(">") && !before.last().is_some_and(|last| last.is("-")) {
                generics = generics.saturating_sub(1);
            }
            if token.is("|") {
                let may_begin = ["async", "move", ",", "="];
                let begins = at == place.start || may_begin.iter().any(|before| tokens[at - 1].is(before));
                is_parameter = !is_parameter && begins && after.iter().any(|end| end.is("|"));
            }
            token.is(",") && generics == 0 && !is_parameter
        });
        pieces.pop_if(|last| last.is_empty());
        pieces
    }
}

/// Whether `<` between these tokens opens the arguments of a type, or `<T as Trait>::NAME`, rather than compares.
fn begins_generics(before: &[Token], after: &[Token]) -> bool {
    let Some(last) = before.last().filter(|last| !last.is(",")) else {
        return after.windows(3).any(|end| end[0].is(">") && end[1].is(":") && end[2].is(":"));
    };
    let is_of_path = |token: &&Token| token.shape == Shape::Word || token.is(":") || token.is("&");
    let path = before.iter().rev().take_while(is_of_path).count();
    let (before_path, path) = before.split_at(before.len() - path);
    let is_returned = matches!(before_path, [.., first, second] if first.is("-") && second.is(">"));
    last.is(":") || is_returned || path.iter().any(|word| word.is("as"))
}

/// Where a group that is never closed was probably meant to end: `min(10 & ..` before the operator, anything else at the
/// end.
fn end_of(tokens: &[Token], opening: usize) -> usize {
    let inside = &tokens[opening + 1..];
    let is_call = opening > 0 && tokens[opening - 1].shape == Shape::Word;
    let is_value = |token: &&Token| {
        let is_constant = !token.text.contains(char::is_lowercase);
        let is_sign = [",", "%", ".", "-"].iter().any(|sign| token.is(sign));
        is_sign || token.shape == Shape::Number || token.shape == Shape::Word && is_constant
    };
    let values = inside.iter().take_while(is_value).count();
    let is_joined = inside.get(values).is_some_and(|next| next.is("&") || next.is("|"));
    if is_call && is_joined && values > 0 { opening + 1 + values } else { tokens.len() }
}

fn closing(token: &Token) -> &'static str {
    match token.text.as_str() {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

#[cfg(test)]
mod tests {
    use super::Brackets;
    use crate::text::lexer::lex;
    use crate::text::token::{TokenRange, spell};

    #[test]
    fn only_commas_between_arguments_separate() {
        for (source, pieces) in [
            ("", vec![]),
            ("a", vec!["a"]),
            ("a, b,", vec!["a", "b"]),
            (", a", vec!["", "a"]),
            ("(a, b), [c, d], e", vec!["(a, b)", "[c, d]", "e"]),
            ("f::<A, B>(1), x", vec!["f::<A, B>(1)", "x"]),
            ("f::<A<B, C>, D>, x", vec!["f::<A < B, C>, D>", "x"]),
            ("a < b, c > d", vec!["a < b", "c > d"]),
            ("< a, b", vec!["< a", "b"]),
            ("a > b, f::<A, B>()", vec!["a > b", "f::<A, B>()"]),
            ("f::<fn(A) -> B, C>, x", vec!["f::<fn(A) -> B, C>", "x"]),
            ("f as fn(&A) -> R<B, C>, x", vec!["f as fn(&A) -> R<B, C>", "x"]),
            ("f as &a::R<B, C>, x", vec!["f as &a::R<B, C>", "x"]),
            ("|a| -> R<B, C> { a }, x", vec!["|a| -> R<B, C> {a}", "x"]),
            ("<A<B, C> as D>::E, x", vec!["<A<B, C> as D>::E", "x"]),
            ("a as b < c, d", vec!["a as b < c, d"]),
        ] {
            let tokens = lex(source).tokens;
            let brackets = Brackets::pair(&tokens).expect("they pair");
            let split = brackets.split(&tokens, TokenRange::whole(&tokens));
            let split: Vec<_> = split.iter().map(|piece| spell(piece.of(&tokens))).collect();
            let squeezed =
                |pieces: &[String]| pieces.iter().map(|piece| piece.replace(' ', "")).collect::<Vec<_>>();
            let pieces: Vec<_> = pieces.into_iter().map(str::to_owned).collect();
            assert_eq!(squeezed(&split), squeezed(&pieces), "{source}");
        }
    }
}

//! Tokens after suggestions were applied, and where each of them was before.

use crate::text::lexer::lex;
use crate::text::problem::{Advice, Problem, Suggestion};
use crate::text::token::{Token, TokenRange};

/// Tokens after edits.
pub(crate) struct Edits {
    pub(crate) tokens: Vec<Token>,
    /// For each token and for the end, the place that it had before, or the place where it was added.
    before: Vec<TokenRange>,
}

impl Edits {
    /// These tokens, each with its place before, when there were `length` tokens.
    pub(crate) fn new(tokens: Vec<Token>, mut before: Vec<TokenRange>, length: usize) -> Self {
        before.push(TokenRange::new(length, length));
        Self { tokens, before }
    }

    /// No edits so far.
    pub(crate) fn none(tokens: &[Token]) -> Self {
        Self::new(tokens.to_vec(), (0..tokens.len()).map(TokenRange::at).collect(), tokens.len())
    }

    /// The same with a suggestion for these tokens applied.
    pub(crate) fn then(&self, Suggestion { range, replacement, .. }: &Suggestion) -> Self {
        let added = lex(replacement).tokens;
        let place = self.place_before(*range);
        let splice = range.start..range.end;
        let (mut tokens, mut before) = (self.tokens.clone(), self.before.clone());
        before.splice(splice.clone(), added.iter().map(|_| place));
        tokens.splice(splice, added);
        Self { tokens, before }
    }

    /// A problem of the changed tokens, with its places among those before.
    pub(crate) fn before(&self, mut problem: Problem) -> Problem {
        problem.place = self.place_before(problem.place);
        if let Advice::Change(suggestion) = &mut problem.advice {
            suggestion.range = self.place_before(suggestion.range);
        }
        problem
    }

    /// Whether tokens were changed, compared with those before.
    pub(crate) fn is_changed(&self, range: TokenRange, before: &[Token]) -> bool {
        let is_kept = |at: usize| {
            let [token] = self.before[at].of(before) else { return false };
            *token == self.tokens[at]
        };
        !(range.start..range.end).all(is_kept)
    }

    fn place_before(&self, range: TokenRange) -> TokenRange {
        let start = self.before[range.start].start;
        let end = if range.is_empty() { start } else { self.before[range.end - 1].end };
        TokenRange::new(start, end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::Edits;
    use crate::text::lexer::lex;
    use crate::text::problem::Problem;
    use crate::text::token::{TokenRange, spell};

    #[test]
    fn places_are_those_of_the_tokens_before() {
        let tokens = lex("a(1 & b)) | c").tokens;
        let suggested = |range, text| Problem::new(range, "wrong").correct(text);
        let added = suggested(TokenRange::new(3, 3), ")");
        let edits = Edits::none(&tokens).then(added.suggestion().expect("a suggestion"));
        let removed = suggested(TokenRange::at(7), "");
        let edits = edits.then(removed.suggestion().expect("a suggestion"));
        assert_eq!(spell(&edits.tokens), "a(1) & b) | c");
        let before = |start, end| spell(edits.place_before(TokenRange::new(start, end)).of(&tokens));
        assert_eq!(before(0, 4), "a(1", "the added sign was not there");
        assert_eq!(before(5, 7), "b)");
        assert_eq!(before(8, 9), "c");
        assert_eq!(edits.place_before(TokenRange::new(9, 9)), TokenRange::new(9, 9));
    }
}

//! Applies one suggestion after another until nothing is wrong.

use crate::text::lexer::lex;
use crate::text::problem::{Advice, Aside, Problem, Suggestion};
use crate::text::token::{Token, TokenRange};

/// `text` after repeatedly applying the first suggestion; `None` if it never becomes valid.
pub fn repaired(text: &str, problems: impl Fn(&[Token]) -> Vec<Problem>) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..8 {
        let lexed = lex(&text);
        let Some(problem) = problems(&lexed.tokens).into_iter().next() else { return Some(text) };
        text = problem.corrected(&text, &lexed.bytes)?;
    }
    None
}

/// Returns the reading. If its only suggestion replaces all tokens, the suggestion is repaired until it is valid:
/// `min(10) & failure_rate(0.5)` for `failure_rate > 0.5`.
pub(crate) fn settled<T>(
    tokens: &[Token],
    reading: Result<T, Vec<Problem>>,
    read: impl Fn(&[Token]) -> Result<T, Vec<Problem>>,
) -> Result<T, Vec<Problem>> {
    let mut problems = match reading {
        Ok(value) => return Ok(value),
        Err(problems) => problems,
    };
    if let [Problem { advice: Advice::Change(suggestion), .. }] = problems.as_mut_slice()
        && let Suggestion { range, replacement, aside } = suggestion
        && !matches!(aside, Aside::Instead(_))
        && *range == TokenRange::new(0, tokens.len())
        && let Some(right) = repaired(replacement, |tokens| read(tokens).err().unwrap_or_default())
    {
        *replacement = right;
    }
    Err(problems)
}

#[cfg(test)]
mod tests {
    use super::repaired;
    use crate::model::window::Window;
    use crate::reading::read;
    use crate::text::problem::Problem;
    use crate::text::token::{Token, TokenRange};

    #[test]
    fn repairs_mistakes_one_by_one() {
        let problems = |tokens: &[Token]| read::rule(tokens, &Window::count(100)).err().unwrap_or_default();
        assert_eq!(repaired("mni(9) && failures(3)", problems).as_deref(), Some("min(9) & failures(3)"));
        assert_eq!(repaired("failures(3)", problems).as_deref(), Some("failures(3)"));
        let wrong = || Problem::new(TokenRange::at(0), "wrong");
        assert_eq!(repaired("x", |_| vec![wrong()]), None, "nothing corrects it");
        assert_eq!(repaired("x", |_| vec![wrong().correct("y")]), None, "it is never right");
    }
}

//! A word with its arguments, assembled from the given ones.

use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::TokenRange;

/// A word with its arguments.
#[derive(Clone)]
pub(crate) struct Filled {
    pub(crate) text: String,
    /// Whether an argument is only an example.
    pub(crate) is_example: bool,
    /// Why given values are not kept.
    pub(crate) losses: Vec<String>,
}

impl Filled {
    /// Made of the given values.
    pub(crate) fn given(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_example: false, losses: Vec::new() }
    }

    /// The same, or an example.
    pub(crate) fn new(text: impl Into<String>, is_example: bool) -> Self {
        Self { is_example, ..Self::given(text) }
    }

    /// What a problem suggests.
    pub(crate) fn suggested(problem: &Problem) -> Option<Self> {
        let text = problem.suggestion()?.replacement.clone();
        Some(Self { text, is_example: problem.is_example(), losses: problem.losses.clone() })
    }

    /// Whether a given value is among its arguments.
    pub(crate) fn keeps(&self, value: &str) -> bool {
        let (tokens, value) = (lex(&self.text).tokens, lex(value).tokens);
        value.is_empty() || tokens.windows(value.len()).any(|kept| kept == value)
    }

    /// Whether all given values are among its arguments.
    pub(crate) fn keeps_all(&self, values: &[String]) -> bool {
        values.iter().all(|value| self.keeps(value))
    }

    /// Suggests it as a replacement for a range.
    pub(crate) fn correct(self, problem: Problem, range: TokenRange) -> Problem {
        let problem = problem.correct_at(range, self.text);
        let problem = if self.is_example { problem.as_example() } else { problem };
        if self.losses.is_empty() {
            return problem;
        }
        Problem { losses: self.losses.clone(), ..problem.aside(reasons(&self.losses)) }
    }
}

/// Why values are not kept, as words to add to a suggestion.
pub(crate) fn reasons(losses: &[String]) -> String {
    losses.iter().flat_map(|loss| ["; ", loss.as_str()]).collect()
}

/// Adds to a correction which window was perhaps meant by what it leaves out.
pub(crate) fn with_window(problem: Problem, window: Option<String>) -> Problem {
    match window {
        Some(window) => problem.aside(reasons(&[looks_back(&window)])),
        None => problem,
    }
}

/// What the window is for that was perhaps meant by part of a rule.
pub(crate) fn looks_back(window: &str) -> String {
    format!("{window} says how far back it looks")
}

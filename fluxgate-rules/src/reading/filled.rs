//! A word with its arguments, assembled from the given ones.

use crate::text::problem::Problem;
use crate::text::token::TokenRange;

/// A word with its arguments.
pub(crate) struct Filled {
    pub(crate) text: String,
    /// Whether an argument is only an example.
    pub(crate) is_example: bool,
}

impl Filled {
    /// Suggests it as a replacement for a range.
    pub(crate) fn correct(self, problem: Problem, range: TokenRange) -> Problem {
        let problem = problem.correct_at(range, self.text);
        if self.is_example { problem.as_example() } else { problem }
    }
}

//! Applies one suggestion after another until nothing is wrong.

use crate::suggestion::filled::{Filled, reasons};
use crate::text::lexer::lex;
use crate::text::problem::{Advice, Aside, Problem, Suggestion};
use crate::text::token::{Token, TokenRange};

/// `text` after repeatedly applying the first suggestion; `None` if it never becomes valid.
pub(crate) fn repaired(text: &str, problems: impl Fn(&[Token]) -> Vec<Problem>) -> Option<Filled> {
    let mut right = Filled::given(text);
    for _ in 0..8 {
        let lexed = lex(&right.text);
        let Some(problem) = problems(&lexed.tokens).into_iter().next() else { return Some(right) };
        right.text = problem.corrected(&right.text, &lexed.bytes)?;
        right.is_example |= problem.is_example();
        right.losses.extend(problem.losses);
    }
    None
}

/// Returns the reading. If its only suggestion replaces all tokens, the suggestion is repaired until it is valid:
/// `min(10) & failure_rate(0.5)` for `failure_rate > 0.5`. A suggestion that nothing repairs gives way to the example.
pub(crate) fn settled<T>(
    tokens: &[Token],
    reading: Result<T, Vec<Problem>>,
    example: &str,
    read: impl Fn(&[Token]) -> Result<T, Vec<Problem>>,
) -> Result<T, Vec<Problem>> {
    let mut problems = match reading {
        Ok(value) => return Ok(value),
        Err(problems) => problems,
    };
    let repaired = |text: &str| repaired(text, |tokens| read(tokens).err().unwrap_or_default());
    let example = || repaired(example).map(|right| Filled::new(right.text, true));
    if let [Problem { advice: Advice::Change(suggestion), .. }] = problems.as_mut_slice()
        && let Suggestion { range, replacement, aside } = &mut **suggestion
        && !matches!(aside, Aside::Instead(_))
        && *range == TokenRange::whole(tokens)
        && let Some(right) = repaired(replacement).or_else(example)
    {
        *replacement = right.text;
        let (Aside::Write(words) | Aside::Example(words)) = aside else { return Err(problems) };
        words.push_str(&reasons(&right.losses));
        if right.is_example {
            *aside = Aside::Example(core::mem::take(words));
        }
    }
    Err(problems)
}

#[cfg(test)]
mod tests {
    use super::repaired;
    use crate::model::window::Window;
    use crate::reading::read;
    use crate::text::lexer::lex;
    use crate::text::problem::Problem;
    use crate::text::token::{Token, TokenRange};

    #[test]
    fn repairs_mistakes_one_by_one() {
        let problems = |tokens: &[Token]| read::rule(tokens, &Window::count(100)).err().unwrap_or_default();
        let text =
            |text, problems: &dyn Fn(&[Token]) -> Vec<Problem>| repaired(text, problems).map(|it| it.text);
        assert_eq!(text("mni(9) && failures(3)", &problems).as_deref(), Some("min(9) & failures(3)"));
        assert_eq!(text("failures(3)", &problems).as_deref(), Some("failures(3)"));
        let losses = repaired("min(0) & failures(3)", problems).expect("a rule").losses;
        assert_eq!(losses, ["`0` is out of range: a number of calls is from 1 to 4294967295"]);
        let wrong = || Problem::new(TokenRange::at(0), "wrong");
        assert_eq!(text("x", &|_| vec![wrong()]), None, "nothing corrects it");
        assert_eq!(text("x", &|_| vec![wrong().correct("y")]), None, "it is never right");
    }

    #[test]
    fn an_example_stands_in_for_what_nothing_repairs() {
        let help = |text, size| {
            let problems = read::rule(&lex(text).tokens, &Window::count(size)).expect_err("it is wrong");
            problems.iter().filter_map(Problem::help_text).collect::<Vec<_>>()
        };
        assert_eq!(help("\"min(10) & ()\"", 100), ["write `min(10) & failure_rate(0.5)`, for example"]);
        assert_eq!(help("\"min(10) & ()\"", 5), ["write `min(5) & failure_rate(0.5)`, for example"]);
        assert_eq!(help("\"failures(3)\"", 100), ["write `failures(3)`"]);
    }
}

//! Settings from strings, at run time.

use core::str::FromStr;
use core::time::Duration;

use crate::language::syntax::{Branch, Value, WrittenCall};
use crate::model::permit::Permit;
use crate::model::retry::Retry;
use crate::model::rule::Rule;
use crate::model::window::Window;
use crate::reading::read::{self, Reading};
use crate::text::comments;
use crate::text::config_error::{ConfigError, ConfigProblem};
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::Token;

/// The longest string accepted, in bytes: longer than any useful rule, and short enough to read quickly.
const LONGEST: usize = 16_384;

/// Reads a rule in the syntax of the attribute, except for constants and `custom`, which only the compiler knows.
/// `build()` checks whether the rule fits the window.
impl FromStr for Rule {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse("trip", "rule", text, |tokens| {
            let rule = read::rule(tokens, &Window::time(Duration::from_secs(60)))?;
            let calls = rule.branches.iter().filter_map(|branch| match branch {
                Branch::Condition(call) => Some(call),
                Branch::All(_) | Branch::Any(_) => None,
            });
            known("rule", calls, rule.nodes().map(Self::from_nodes))
        })
    }
}

/// Reads a window in the syntax of the attribute: `count(100)`, `time(60s, buckets = 6)`; except for constants, which
/// only the compiler knows.
impl FromStr for Window {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse("window", "window", text, |tokens| {
            let call = read::window(tokens)?;
            known("window", [&call], call.window())
        })
    }
}

/// Reads a retry in the syntax of the attribute: `backoff(10s, max = 5m)`; except for constants and `custom`, which
/// only the compiler knows.
impl FromStr for Retry {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse("retry", "retry", text, |tokens| {
            let call = read::retry(tokens)?;
            known("retry", [&call], call.retry())
        })
    }
}

/// Reads a permit in the syntax of the attribute: `ramp_up(0.1, 1.0, 60s)`; except for constants and `custom`, which
/// only the compiler knows.
impl FromStr for Permit {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse("permit", "permit", text, |tokens| {
            let call = read::permit(tokens)?;
            known("permit", [&call], call.permit())
        })
    }
}

pub(crate) fn parse<T>(
    setting: &'static str,
    noun: &str,
    text: &str,
    read: impl FnOnce(&[Token]) -> Reading<T>,
) -> Result<T, ConfigError> {
    if text.len() > LONGEST {
        let message = format!("the {noun} is too long: {} bytes, of which {LONGEST} are allowed", text.len());
        return Err(ConfigError::new(vec![ConfigProblem::new(setting, message)]));
    }
    let mut lexed = lex(text);
    let comments = comments::take(text, &mut lexed);
    let mut problems: Vec<_> = comments
        .into_iter()
        .map(|sign| {
            let problem = ConfigProblem::new(setting, "a comment does not begin with `#`");
            problem.with_help("write `//`").with_place(text, sign)
        })
        .collect();
    match read(&lexed.tokens) {
        Ok(value) if problems.is_empty() => return Ok(value),
        Ok(_) => {}
        Err(wrong) => {
            problems.extend(wrong.iter().map(|problem| ConfigProblem::of(setting, problem, text, &lexed)));
        }
    }
    Err(ConfigError::new(problems))
}

/// The value, unless it has parts that only the compiler knows.
pub(crate) fn known<'a, T>(
    noun: &str,
    calls: impl IntoIterator<Item = &'a WrittenCall>,
    value: Option<T>,
) -> Reading<T> {
    let arguments = calls.into_iter().flat_map(|call| &call.arguments);
    let unknown = arguments.filter(|argument| argument.value == Value::Rust).map(|argument| {
        let what =
            format!("a {noun} that is read while the program runs has neither constants nor functions");
        Problem::new(argument.place, what).help("write the value itself")
    });
    let problems: Vec<_> = unknown.collect();
    value.filter(|_| problems.is_empty()).ok_or(problems)
}

#[cfg(test)]
mod tests {
    use crate::{Permit, Retry, Rule, Window};

    #[test]
    fn a_rule_at_run_time_has_no_constants() {
        let message = |text: &str| text.parse::<Rule>().expect_err("a rule with a constant").to_string();
        assert_eq!(
            message("min(MIN_CALLS) & failure_rate(0.5)"),
            "a rule that is read while the program runs has neither constants nor functions\n  \
             | min(MIN_CALLS) & failure_rate(0.5)\n  |     ^^^^^^^^^\nhelp: write the value itself"
        );
        assert!(message("custom(a::b)").contains("neither constants nor functions"));
    }

    #[test]
    fn strings_of_any_length_get_an_answer() {
        let long = "r#\"".repeat(1_000_000);
        assert!(long.parse::<Rule>().expect_err("no rule").to_string().contains("too long"));
        assert!("failures(3)".parse::<Rule>().is_ok());
    }

    #[test]
    fn a_hash_does_not_begin_a_comment() {
        let message = |text: &str| text.parse::<Rule>().expect_err("a comment").to_string();
        assert_eq!(
            message("min(10) # what's enough\n& failure_rate(50%)"),
            "a comment does not begin with `#`\n  | min(10) # what's enough\n  |         ^\nhelp: write `//`"
        );
        let error = message("# opens at (half\nmin(10) & failure_rat(50%)");
        assert!(error.contains("write `//`") && error.contains("did you mean `failure_rate`?"), "{error}");
        assert!("min(10) // enough\n& failure_rate(50%)".parse::<Rule>().is_ok());
    }

    #[test]
    fn other_settings_have_no_constants_either() {
        let said = [
            "count(SIZE)".parse::<Window>().expect_err("a constant"),
            "cooldown(PAUSE)".parse::<Retry>().expect_err("a constant"),
            "custom(pause)".parse::<Retry>().expect_err("a function"),
            "random(SHARE)".parse::<Permit>().expect_err("a constant"),
            "custom(admits)".parse::<Permit>().expect_err("a function"),
        ];
        for (error, noun) in said.iter().zip(["window", "retry", "retry", "permit", "permit"]) {
            let [problem] = error.problems() else { panic!("{error}") };
            let what =
                format!("a {noun} that is read while the program runs has neither constants nor functions");
            assert_eq!((problem.setting(), problem.message()), (noun, what.as_str()));
            assert_eq!(problem.help(), Some("write the value itself"));
        }
    }
}

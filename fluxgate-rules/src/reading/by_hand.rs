//! The same checks, with the same messages, for settings that were built by hand.
//!
//! Such settings are printed as the attribute would spell them, and then read. So there is one language and one reader, and
//! messages can point at the place.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use crate::language::syntax::{Branch, Value};
use crate::language::vocabulary::{HALF_OPEN_TIMEOUT, MAX_HALF_OPEN_CALLS, Parameter};
use crate::model::duration::Spelled;
use crate::model::permit::Permit;
use crate::model::retry::Retry;
use crate::model::rule::{MAX_NODES, Rule};
use crate::model::window::Window;
use crate::reading::read::{self, Reading};
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::Token;

/// What is wrong with the rule of a breaker with this window.
pub fn rule(rule: &Rule, window: &Window) -> Vec<String> {
    let nodes = rule.nodes().len();
    if nodes > MAX_NODES {
        return vec![format!(
            "the rule is too long: {nodes} conditions and groups\n\
             help: {MAX_NODES} are allowed; a `custom` condition can stand for many"
        )];
    }
    messages(&rule.to_string(), |tokens| read::printed_rule(tokens, window))
}

/// What is wrong with a window.
pub fn window(window: &Window) -> Vec<String> {
    messages(&window.to_string(), read::window)
}

/// What is wrong with a retry.
pub fn retry(retry: &Retry) -> Vec<String> {
    messages(&retry.to_string(), read::retry)
}

/// What is wrong with a permit.
pub fn permit(permit: &Permit) -> Vec<String> {
    messages(&permit.to_string(), read::permit)
}

/// What is wrong with `max_half_open_calls`.
pub fn max_half_open_calls(calls: u32) -> Vec<String> {
    limit(&calls.to_string(), &MAX_HALF_OPEN_CALLS)
}

/// What is wrong with `half_open_timeout`.
pub fn half_open_timeout(longest: Duration) -> Vec<String> {
    limit(&Spelled(longest).to_string(), &HALF_OPEN_TIMEOUT)
}

/// Adds the name of the setting, which the text of a single value does not contain.
fn limit(text: &str, parameter: &Parameter) -> Vec<String> {
    let messages = messages(text, |tokens| read::argument(tokens, parameter));
    messages.iter().map(|message| format!("`{}`: {message}", parameter.name)).collect()
}

fn messages<T>(text: &str, read: impl Fn(&[Token]) -> Reading<T>) -> Vec<String> {
    let lexed = lex(text);
    match read(&lexed.tokens) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|problem| problem.draw(text, &lexed.bytes)).collect(),
    }
}

/// The longest string that is read as a rule, in bytes: longer than any useful rule, and short enough to read quickly.
const LONGEST: usize = 16_384;

/// Why a string is not a rule. Prints what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseRuleError {
    message: String,
}

impl fmt::Display for ParseRuleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for ParseRuleError {}

/// Reads a rule. Constants and `custom`, which only the compiler knows, are not possible. Whether the rule fits the window is
/// checked by `build()`.
impl FromStr for Rule {
    type Err = ParseRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > LONGEST {
            let message =
                format!("the rule is too long: {} bytes, of which {LONGEST} are allowed", text.len());
            return Err(ParseRuleError { message });
        }
        let lexed = lex(text);
        let read = read::rule(&lexed.tokens, &Window::time(Duration::from_secs(60))).and_then(|rule| {
            let mut problems = Vec::new();
            for branch in &rule.branches {
                let Branch::Condition(call) = branch else { continue };
                for argument in call.arguments.iter().filter(|argument| argument.value == Value::Rust) {
                    let what =
                        "a rule that is read while the program runs has neither constants nor functions";
                    problems.push(Problem::new(argument.place, what).help("write the value itself"));
                }
            }
            rule.nodes().filter(|_| problems.is_empty()).ok_or(problems)
        });
        read.map(Self::from_nodes).map_err(|problems| {
            let messages: Vec<_> = problems.iter().map(|problem| problem.draw(text, &lexed.bytes)).collect();
            ParseRuleError { message: messages.join("\n") }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{half_open_timeout, max_half_open_calls};
    use crate::{Metrics, Node, Rule, Window, review};
    use core::time::Duration;

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
    fn a_string_of_any_length_is_answered() {
        let long = "r#\"".repeat(1_000_000);
        assert!(long.parse::<Rule>().expect_err("no rule").to_string().contains("too long"));
        assert!("failures(3)".parse::<Rule>().is_ok());
    }

    #[test]
    fn functions_that_are_spelled_alike_may_differ() {
        fn one(_: &Metrics) -> bool {
            true
        }
        fn two(_: &Metrics) -> bool {
            false
        }
        let custom = |predicate| Rule::from_nodes(vec![Node::custom("..", predicate)]);
        let rule = custom(one) & custom(two);
        assert!(review::rule(&rule, &Window::count(10)).is_empty());
    }

    #[test]
    fn limits_say_which_they_are() {
        assert_eq!(
            max_half_open_calls(0),
            ["`max_half_open_calls`: `0` is out of range: a number of calls is from 1 to 4294967295\n  \
              | 0\n  | ^\nhelp: write `1`"]
        );
        assert!(max_half_open_calls(1).is_empty());
        assert_eq!(half_open_timeout(Duration::ZERO).len(), 1);
        assert!(half_open_timeout(Duration::from_nanos(1)).is_empty());
        assert!(half_open_timeout(Duration::from_nanos(u64::MAX)).is_empty());
        assert_eq!(half_open_timeout(Duration::MAX).len(), 1);
    }
}

//! The same checks, with the same words, for what was put together by hand.
//!
//! What was put together is printed as the attribute would spell it, and read: so there is one language and one reader,
//! and the message can point at the place.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use crate::duration::Spelled;
use crate::lexer::lex;
use crate::permit::Permit;
use crate::problem::Problem;
use crate::reader::{self, Reading};
use crate::retry::Retry;
use crate::rule::{MAX_NODES, Rule};
use crate::syntax::{Branch, Value};
use crate::token::Token;
use crate::vocabulary::{HALF_OPEN_TIMEOUT, MAX_HALF_OPEN_CALLS, Parameter};
use crate::window::Window;

/// What is wrong with a rule, of a breaker that has this window.
pub fn rule(rule: &Rule, window: &Window) -> Vec<String> {
    let nodes = rule.nodes().len();
    if nodes > MAX_NODES {
        return vec![format!(
            "the rule is too long: {nodes} conditions and groups\n\
             help: {MAX_NODES} are allowed; a `custom` condition can stand for many"
        )];
    }
    messages(&rule.to_string(), |tokens| reader::printed_rule(tokens, window))
}

/// What is wrong with a window.
pub fn window(window: &Window) -> Vec<String> {
    messages(&window.to_string(), reader::window)
}

/// What is wrong with a retry.
pub fn retry(retry: &Retry) -> Vec<String> {
    messages(&retry.to_string(), reader::retry)
}

/// What is wrong with a permit.
pub fn permit(permit: &Permit) -> Vec<String> {
    messages(&permit.to_string(), reader::permit)
}

/// What is wrong with `max_half_open_calls`.
pub fn max_half_open_calls(calls: u32) -> Vec<String> {
    limit(&calls.to_string(), &MAX_HALF_OPEN_CALLS)
}

/// What is wrong with `half_open_timeout`.
pub fn half_open_timeout(longest: Duration) -> Vec<String> {
    limit(&Spelled(longest).to_string(), &HALF_OPEN_TIMEOUT)
}

/// The text of a single value does not say which setting it is.
fn limit(text: &str, parameter: &Parameter) -> Vec<String> {
    let messages = messages(text, |tokens| reader::argument(tokens, parameter));
    messages.iter().map(|message| format!("`{}`: {message}", parameter.name)).collect()
}

fn messages<T>(text: &str, read: impl Fn(&[Token]) -> Reading<T>) -> Vec<String> {
    let lexed = lex(text);
    match read(&lexed.tokens) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|problem| problem.draw(text, &lexed.bytes)).collect(),
    }
}

/// A string is not a rule. Prints what is wrong with it.
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

/// Reads a rule, without constants and `custom`, which only the compiler knows. Whether it fits a window is for
/// `build()` to say.
impl FromStr for Rule {
    type Err = ParseRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lexed = lex(text);
        let read = reader::rule(&lexed.tokens, &Window::time(Duration::from_secs(60))).and_then(|rule| {
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

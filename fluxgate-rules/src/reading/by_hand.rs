//! The same checks, with the same messages, for settings that were built by hand.
//!
//! They are checked as data. Only if something is wrong, they are printed as the attribute would spell them, and then read: so there
//! is one language and one reader, and messages can point at the place.

use core::time::Duration;

use crate::language::vocabulary::{HALF_OPEN_TIMEOUT, MAX_HALF_OPEN_CALLS, Parameter};
use crate::logic::const_checks::EMPTY_NAME;
use crate::logic::flaws;
use crate::model::duration::Spelled;
use crate::model::limits::{MAX_NODES, is_duration};
use crate::model::permit::Permit;
use crate::model::retry::Retry;
use crate::model::rule::Rule;
use crate::model::window::Window;
use crate::reading::read::{self, Reading};
use crate::text::config_error::ConfigProblem;
use crate::text::lexer::lex;
use crate::text::token::Token;

/// What is wrong with a name.
pub fn name(name: &str) -> Vec<ConfigProblem> {
    if !name.is_empty() {
        return Vec::new();
    }
    vec![ConfigProblem::new("name", EMPTY_NAME).with_help("write `\"payments\"`, for example")]
}

/// What is wrong with the rule of a breaker with this window.
pub fn rule(rule: &Rule, window: &Window) -> Vec<ConfigProblem> {
    if flaws::is_valid_rule(rule.nodes(), window) {
        return Vec::new();
    }
    let nodes = rule.nodes().len();
    if nodes > MAX_NODES {
        let problem =
            ConfigProblem::new("trip", format!("the rule is too long: {nodes} conditions and groups"));
        return vec![
            problem.with_help(format!("{MAX_NODES} are allowed; a `custom` condition can stand for many")),
        ];
    }
    problems("trip", &rule.to_string(), |tokens| read::printed_rule(tokens, window))
}

/// What is wrong with a window.
pub fn window(window: &Window) -> Vec<ConfigProblem> {
    if flaws::is_valid_window(window) {
        return Vec::new();
    }
    problems("window", &window.to_string(), read::window)
}

/// What is wrong with a retry.
pub fn retry(retry: &Retry) -> Vec<ConfigProblem> {
    if flaws::is_valid_retry(retry) {
        return Vec::new();
    }
    problems("retry", &retry.to_string(), read::retry)
}

/// What is wrong with a permit.
pub fn permit(permit: &Permit) -> Vec<ConfigProblem> {
    if flaws::is_valid_permit(permit) {
        return Vec::new();
    }
    problems("permit", &permit.to_string(), read::permit)
}

/// What is wrong with `max_half_open_calls`.
pub fn max_half_open_calls(calls: u32) -> Vec<ConfigProblem> {
    if calls > 0 {
        return Vec::new();
    }
    limit(&MAX_HALF_OPEN_CALLS, &calls.to_string())
}

/// What is wrong with `half_open_timeout`.
pub fn half_open_timeout(longest: Duration) -> Vec<ConfigProblem> {
    if is_duration(longest) {
        return Vec::new();
    }
    limit(&HALF_OPEN_TIMEOUT, &Spelled(longest).to_string())
}

/// The problems of a setting that is one value.
fn limit(parameter: &'static Parameter, text: &str) -> Vec<ConfigProblem> {
    let problems = problems(parameter.name, text, |tokens| read::argument(tokens, parameter));
    problems.into_iter().map(ConfigProblem::named).collect()
}

/// Reads a setting's text, and reports what is wrong.
fn problems<T>(
    setting: &'static str,
    text: &str,
    read: impl Fn(&[Token]) -> Reading<T>,
) -> Vec<ConfigProblem> {
    let lexed = lex(text);
    let problems = read(&lexed.tokens).err().unwrap_or_default();
    problems.iter().map(|problem| ConfigProblem::of(setting, problem, text, &lexed)).collect()
}

#[cfg(test)]
mod tests {
    use super::{half_open_timeout, max_half_open_calls, rule};
    use crate::{Metrics, Node, Rule, Window};
    use core::time::Duration;

    #[test]
    fn functions_that_are_spelled_alike_may_differ() {
        fn one(_: &Metrics) -> bool {
            true
        }
        fn two(_: &Metrics) -> bool {
            false
        }
        let custom = |predicate| Rule::from_nodes(vec![Node::custom("..", predicate)]);
        let differing = custom(one) & custom(two);
        assert!(rule(&differing, &Window::count(10)).is_empty());
    }

    #[test]
    fn problems_of_limits_name_the_setting() {
        let said: Vec<_> = max_half_open_calls(0).iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
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

//! The same checks, with the same messages, for settings built by hand.
//!
//! They are checked as data. Only if something is wrong are they printed as the attribute would spell them, and read
//! again. So there is one language and one reader, and messages can point at the place.

use core::time::Duration;

use crate::figures::nearest::Expectations;
use crate::language::syntax::Value;
use crate::language::vocabulary::{
    HALF_OPEN_TIMEOUT, KEY_IDLE, MAX_HALF_OPEN_CALLS, MAX_KEYS, NORMAL, ON_CANCEL, OUTAGE, Parameter,
};
use crate::logic::const_checks::EMPTY_NAME;
use crate::logic::flaws;
use crate::model::duration::Spelled;
use crate::model::limits::{MAX_NODES, is_duration, is_key_count, is_timeout};
use crate::model::permit::Permit;
use crate::model::ratio::Ratio;
use crate::model::retry::Retry;
use crate::model::rule::{Node, Rule};
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
    // The default rule is valid with every window.
    let is_standard = rule.nodes() == Rule::standard(window.size());
    if is_standard || flaws::is_valid_rule(rule.nodes(), window) {
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
    let read = |tokens: &[Token]| read::argument(tokens, &MAX_HALF_OPEN_CALLS);
    named(MAX_HALF_OPEN_CALLS.name, &calls.to_string(), read)
}

/// What is wrong with the `half_open_timeout` of a breaker with this rule. Pass no nodes if the rule itself is wrong.
pub fn half_open_timeout(longest: Duration, nodes: &[Node]) -> Vec<ConfigProblem> {
    if is_timeout(longest) && flaws::timeout_flaw(nodes, longest).is_none() {
        return Vec::new();
    }
    let text = Spelled(longest).to_string();
    named(HALF_OPEN_TIMEOUT.name, &text, |tokens| read::half_open_timeout(tokens, nodes))
}

/// What is wrong with the rule and the `half_open_timeout` of a breaker whose function's `timeout` ends its calls. Pass no
/// nodes if the rule itself is wrong.
pub fn time_limit(limit: Duration, longest: Duration, rule: &Rule, nodes: &[Node]) -> Vec<ConfigProblem> {
    let mut found = Vec::new();
    if flaws::time_limit_flaw(nodes, limit).is_some() {
        found = problems("trip", &rule.to_string(), |tokens| read::within_limit(tokens, limit));
    }
    if is_timeout(longest) && flaws::hung_flaw(limit, longest).is_some() {
        let (longest, limit) = (Spelled(longest), Spelled(limit));
        let what = format!(
            "`half_open_timeout = {longest}` is not longer than the function's `timeout = {limit}`: \
             in half-open, calls would count as hung before they time out"
        );
        found.push(
            ConfigProblem::new(HALF_OPEN_TIMEOUT.name, what).with_help(format!("write more than `{limit}`")),
        );
    }
    found
}

/// What is wrong with how long a call has to have run for its cancellation to be a failure.
pub fn on_cancel_after(after: Duration) -> Vec<ConfigProblem> {
    if is_duration(after) {
        return Vec::new();
    }
    let text = format!("failure(after = {})", Spelled(after));
    problems("on_cancel", &text, |tokens| read::word(tokens, "on_cancel", &ON_CANCEL))
}

/// What is wrong with `max_keys`.
pub fn max_keys(keys: usize) -> Vec<ConfigProblem> {
    if is_key_count(keys) {
        return Vec::new();
    }
    named(MAX_KEYS.name, &keys.to_string(), |tokens| read::argument(tokens, &MAX_KEYS))
}

/// What is wrong with `key_idle`.
pub fn key_idle(idle: Duration) -> Vec<ConfigProblem> {
    if is_duration(idle) {
        return Vec::new();
    }
    named(KEY_IDLE.name, &Spelled(idle).to_string(), |tokens| read::argument(tokens, &KEY_IDLE))
}

/// What is wrong with the expected shares of failures, normally and in an outage, or with a rule that does not meet
/// them with this window.
pub fn expectations(rule: &Rule, window: &Window, expectations: Expectations) -> Vec<ConfigProblem> {
    let share = |share: Option<Ratio>, parameter: &'static Parameter| {
        let wrong = share.filter(|share| !share.is_valid());
        wrong.map(|share| {
            named(parameter.name, &share.to_string(), |tokens| read::argument(tokens, parameter))
        })
    };
    let wrong = share(expectations.normal, &NORMAL).into_iter().chain(share(expectations.outage, &OUTAGE));
    let wrong: Vec<_> = wrong.flatten().collect();
    if !wrong.is_empty() || expectations.are_met(rule.nodes(), window) {
        return wrong;
    }
    problems("trip", &rule.to_string(), |tokens| read::expected_of_printed(tokens, window, expectations))
}

/// The problems of a setting with a single value, which does not show what it is for.
fn named(setting: &'static str, text: &str, read: impl Fn(&[Token]) -> Reading<Value>) -> Vec<ConfigProblem> {
    problems(setting, text, read).into_iter().map(ConfigProblem::named).collect()
}

/// Reads a setting's text, and returns what is wrong with it.
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
    use super::{half_open_timeout, max_half_open_calls, rule, window};
    use crate::{Metrics, Node, Retry, Rule, Window};
    use core::time::Duration;

    #[test]
    fn the_default_rule_is_valid_for_every_window() {
        let time = Window::time(Duration::from_secs(60));
        for window in (1..=300).chain([1_000_000]).map(Window::count).chain([time]) {
            assert!(crate::logic::flaws::is_valid_rule(&Rule::standard(window.size()), &window), "{window}");
        }
    }

    #[test]
    fn what_a_setting_does_not_take_is_refused() {
        let second = Duration::from_secs(1);
        let with = |plain: Retry| [plain.jitter(0.1), plain.multiplier(2.0), plain.max(second)];
        for (plain, takes) in [
            (Retry::backoff(second), [true, true, true]),
            (Retry::cooldown(second), [true, false, false]),
            (Retry::always(), [false, false, false]),
            (Retry::never(), [false, false, false]),
            (Retry::custom("f", |_| unreachable!("nobody is asked here")), [false, false, false]),
        ] {
            assert_eq!(with(plain).map(|retry| super::retry(&retry).is_empty()), takes, "{plain}");
        }
        assert!(window(&Window::time(second).buckets(5)).is_empty());
        assert_eq!(window(&Window::count(10).buckets(5)).len(), 1);
    }

    #[test]
    fn functions_spelled_alike_may_differ() {
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
        let timeout = |longest| half_open_timeout(longest, &[]);
        assert_eq!(timeout(Duration::ZERO).len(), 1);
        assert_eq!(timeout(Duration::from_nanos(999_999)).len(), 1);
        assert!(timeout(Duration::from_millis(1)).is_empty());
        assert!(timeout(Duration::from_nanos(u64::MAX)).is_empty());
        assert_eq!(timeout(Duration::MAX).len(), 1);
    }
}

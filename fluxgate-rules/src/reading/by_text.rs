//! Settings that have no type of ours, from strings, while the program runs.

use core::time::Duration;

use crate::language::syntax::{Value, WrittenCall};
use crate::language::vocabulary::{HALF_OPEN_TIMEOUT, MAX_HALF_OPEN_CALLS, ON_CANCEL, OUTCOME, Parameter};
use crate::reading::from_str::{known, parse};
use crate::reading::read;
use crate::text::config_error::{ConfigError, ConfigProblem};
use crate::text::problem::Problem;
use crate::text::token::TokenRange;

/// What a call that never returned counts as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unreturned {
    /// A failure.
    Failure,
    /// A failure, if it was given up after so long.
    FailureAfter(Duration),
    /// Nothing.
    Ignored,
}

/// Reads `max_half_open_calls`.
pub fn max_half_open_calls(text: &str) -> Result<u32, ConfigError> {
    single(text, &MAX_HALF_OPEN_CALLS, |value| match value {
        Value::Number(calls) => u32::try_from(calls).ok(),
        _ => None,
    })
}

/// Reads `half_open_timeout`. Whether it suits the rule is checked with that.
pub fn half_open_timeout(text: &str) -> Result<Duration, ConfigError> {
    single(text, &HALF_OPEN_TIMEOUT, |value| match value {
        Value::Duration(longest) => Some(longest),
        _ => None,
    })
}

/// Reads `on_panic`.
pub fn on_panic(text: &str) -> Result<Unreturned, ConfigError> {
    parse("on_panic", "outcome", text, |tokens| {
        let call = read::word(tokens, "on_panic", &OUTCOME)?;
        known("outcome", [&call], unreturned(&call))
    })
}

/// Reads `on_cancel`.
pub fn on_cancel(text: &str) -> Result<Unreturned, ConfigError> {
    parse("on_cancel", "outcome", text, |tokens| {
        let call = read::word(tokens, "on_cancel", &ON_CANCEL)?;
        known("outcome", [&call], unreturned(&call))
    })
}

/// Reads `count_calls`.
pub fn count_calls(text: &str) -> Result<bool, ConfigError> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => {
            let problem = ConfigProblem::new("count_calls", "`count_calls` is `true` or `false`");
            Err(ConfigError::new(vec![problem.with_help("write `true`")]))
        }
    }
}

fn unreturned(call: &WrittenCall) -> Option<Unreturned> {
    match (call.entry.word, call.arguments.first().map(|argument| argument.value)) {
        ("ignore", _) => Some(Unreturned::Ignored),
        (_, None) => Some(Unreturned::Failure),
        (_, Some(Value::Duration(after))) => Some(Unreturned::FailureAfter(after)),
        _ => None,
    }
}

fn single<T>(
    text: &str,
    parameter: &'static Parameter,
    take: impl Fn(Value) -> Option<T>,
) -> Result<T, ConfigError> {
    let name = parameter.name;
    parse(name, name, text, |tokens| {
        let value = read::argument(tokens, parameter)?;
        take(value).ok_or_else(|| {
            let place = TokenRange::new(0, tokens.len());
            let what = format!("`{name}` that is read while the program runs is no constant");
            vec![Problem::new(place, what).help("write the value itself")]
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_attribute_takes() {
        assert_eq!(max_half_open_calls("5"), Ok(5));
        assert_eq!(half_open_timeout("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(on_panic("ignore"), Ok(Unreturned::Ignored));
        assert_eq!(on_cancel("failure"), Ok(Unreturned::Failure));
        let after = Unreturned::FailureAfter(Duration::from_secs(2));
        assert_eq!(on_cancel("failure(after = 2s)"), Ok(after));
        assert_eq!((count_calls("true"), count_calls("false")), (Ok(true), Ok(false)));
    }

    #[test]
    fn refuses_what_it_does_not() {
        let said = [
            max_half_open_calls("0").map(drop),
            max_half_open_calls("CALLS").map(drop),
            half_open_timeout("60").map(drop),
            on_panic("failure(after = 2s)").map(drop),
            on_cancel("success").map(drop),
            on_cancel("failure(after = PATIENCE)").map(drop),
            count_calls("yes").map(drop),
        ];
        for error in said.map(|read| read.expect_err("wrong")) {
            assert!(error.problems().iter().all(|problem| problem.help().is_some()), "{error}");
        }
    }
}

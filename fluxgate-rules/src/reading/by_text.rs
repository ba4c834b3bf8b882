//! Reads settings without a type of their own from strings, at run time.

use core::time::Duration;

use crate::language::syntax::{Value, WrittenCall};
use crate::language::vocabulary::{HALF_OPEN_TIMEOUT, MAX_HALF_OPEN_CALLS, ON_CANCEL, OUTCOME, Parameter};
use crate::reading::from_str::{known, parse};
use crate::reading::read;
use crate::text::config_error::ConfigError;
use crate::text::problem::Problem;
use crate::text::token::{TokenRange, spell};

/// What a call that never returned counts as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unreturned {
    /// A failure.
    Failure,
    /// A failure, if it ran at least this long before it was abandoned.
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

/// Reads `half_open_timeout`. Whether it suits the rule is checked along with the rule.
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
    let name = "count_calls";
    parse(name, name, text, |tokens| {
        read::truth(tokens, name)?.ok_or_else(|| vec![read::neither_true_nor_false(tokens, name)])
    })
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
            let place = TokenRange::whole(tokens);
            let written = spell(tokens);
            let what =
                format!("`{written}` is the name of a constant, and `{name}` is read while the program runs");
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
    fn true_and_false_are_recognized_in_other_notations() {
        let meant = ["1", "yes", "on", "True", "TRUE", "\"true\""].map(|text| (text, "write `true`"));
        let not_meant = ["0", "no", "off", "OFF", "False", "'false'"].map(|text| (text, "write `false`"));
        let unknown = ["", "2", "COUNTS", "maybe"].map(|text| (text, "write `true`, for example"));
        for (text, help) in meant.into_iter().chain(not_meant).chain(unknown) {
            let error = count_calls(text).expect_err(text);
            assert_eq!(error.problems()[0].help(), Some(help), "{text}");
        }
        assert_eq!(count_calls(" false "), Ok(false));
    }

    #[test]
    fn refuses_what_the_attribute_refuses() {
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

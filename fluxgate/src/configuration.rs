//! The settings of a breaker.

pub(crate) mod changes;
pub(crate) mod config_error;
pub(crate) mod fault;
pub(crate) mod lent;
pub(crate) mod method_name;
pub(crate) mod name;
pub(crate) mod named;
#[cfg(feature = "serde")]
pub(crate) mod pattern;

use core::fmt;
use core::num::NonZeroU64;
use std::time::Duration;

use fluxgate_rules::duration::Spelled;
use fluxgate_rules::limits::DEFAULT_TIMEOUT;
use fluxgate_rules::metrics::nanos;
use fluxgate_rules::trial::Plan;
use fluxgate_rules::{
    ConfigProblem, Expectations, Extent, Node, Permit, Retry, Rule, Schedule, Window, by_hand,
};

use self::config_error::ConfigError;
use self::name::Name;
use crate::state::Outcome;

/// All settings of a breaker. Plain data, so that a macro can write them as a constant.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "each field is an argument of the attribute")]
pub struct Settings {
    /// Empty for breakers made at run time, which keep their names elsewhere, so that they can share settings.
    pub name: Name,
    pub window: Window,
    pub rule: Rule,
    pub retry: Retry,
    pub permit: Permit,
    pub max_half_open_calls: u32,
    pub half_open_timeout: Duration,
    pub on_panic: Outcome,
    pub on_cancel: OnCancel,
    pub count_calls: bool,
    /// The `timeout` of the function that the breaker is made for, in nanoseconds, which take less memory than a duration. It cannot be
    /// changed, but other settings have to suit it.
    pub time_limit: Option<NonZeroU64>,
}

/// What a cancelled call counts as: see [`Builder::on_cancel`](crate::Builder::on_cancel).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum OnCancel {
    /// The same outcome, whenever the call was cancelled: `Outcome::Failure` or `Outcome::Ignored`.
    Outcome(Outcome),
    /// A failure if the call had run for at least this long when it was cancelled, and otherwise ignored: a caller that gave up after 2 s
    /// says something about the dependency, one that left after 1 ms does not.
    FailureAfter(Duration),
}

/// As the attribute spells it: `ignore`, `failure(after = 2s)`.
impl fmt::Display for OnCancel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outcome(Outcome::Ignored) => formatter.write_str("ignore"),
            Self::Outcome(outcome) => formatter.write_str(outcome.as_str()),
            Self::FailureAfter(after) => write!(formatter, "failure(after = {})", Spelled(*after)),
        }
    }
}

impl From<Outcome> for OnCancel {
    fn from(outcome: Outcome) -> Self {
        Self::Outcome(outcome)
    }
}

impl Settings {
    /// The defaults, without a name.
    pub const STANDARD: &Self = &Self::standard(Name::NONE);

    /// This duration as a [`time_limit`](Self::time_limit).
    pub const fn limit(duration: Duration) -> Option<NonZeroU64> {
        NonZeroU64::new(nanos(duration))
    }

    /// The defaults, with this name.
    pub const fn standard(name: Name) -> Self {
        // Constants, which the compiler evaluates once and not for each function.
        const RULE: &[Node] = &Rule::standard(Window::STANDARD.size());
        const RETRY: Retry = Retry::cooldown(Duration::from_secs(60));
        const PERMIT: Permit = Permit::ramp_up(0.1, 1.0, Duration::from_secs(60));
        Self {
            name,
            window: Window::STANDARD,
            rule: const { Rule::from_static(RULE) },
            retry: RETRY,
            permit: PERMIT,
            max_half_open_calls: 10,
            half_open_timeout: DEFAULT_TIMEOUT,
            on_panic: Outcome::Failure,
            on_cancel: OnCancel::Outcome(Outcome::Ignored),
            count_calls: false,
            time_limit: None,
        }
    }

    /// The plan of its trials. Computed on demand: as a constant, it would take the compiler longer than the rest of a guarded
    /// function.
    pub(crate) fn trial(&self) -> Plan {
        Plan::of(self.rule.nodes()).unwrap_or(Plan::SINGLE)
    }

    /// Checks what the compiler checks for the attribute, with the same messages, and one thing that it cannot check: where there is no
    /// clock, no setting may need one. The name is not checked.
    pub(crate) fn check(&self, has_clock: bool) -> Result<(), ConfigError> {
        self.check_after(Vec::new(), has_clock)
    }

    /// The same, reporting these problems as well.
    fn check_after(&self, before: Vec<ConfigProblem>, has_clock: bool) -> Result<(), ConfigError> {
        let Self {
            name: _,
            window,
            rule,
            retry,
            permit,
            max_half_open_calls,
            half_open_timeout,
            on_panic,
            on_cancel,
            count_calls: _,
            time_limit,
        } = self;
        let mut problems = by_hand::window(window);
        // If the window is wrong, the rule is checked against one that holds any number of calls.
        let any = Window::time(Duration::from_secs(60));
        let window = if problems.is_empty() { window } else { &any };
        let of_rule = by_hand::rule(rule, window);
        let nodes = if of_rule.is_empty() { rule.nodes() } else { &[] };
        problems.extend(of_rule);
        problems.extend(by_hand::retry(retry));
        problems.extend(by_hand::permit(permit));
        problems.extend(by_hand::max_half_open_calls(*max_half_open_calls));
        problems.extend(by_hand::half_open_timeout(*half_open_timeout, nodes));
        if let Some(limit) = time_limit {
            let limit = Duration::from_nanos(limit.get());
            problems.extend(by_hand::time_limit(limit, *half_open_timeout, rule, nodes));
        }
        if let OnCancel::FailureAfter(after) = on_cancel {
            problems.extend(by_hand::on_cancel_after(*after));
        }
        for (owner, outcome) in [("on_panic", OnCancel::from(*on_panic)), ("on_cancel", *on_cancel)] {
            if outcome == OnCancel::Outcome(Outcome::Success) {
                let problem = ConfigProblem::new(owner, format!("`{owner}` cannot be a success"));
                problems.push(problem.with_help("`Outcome::Failure` or `Outcome::Ignored`"));
            }
        }
        problems.splice(0..0, before);
        if problems.is_empty() && !has_clock {
            problems.extend(self.timed().into_iter().map(|(setting, value)| {
                let message =
                    format!("`{setting} = {value}` needs a clock, and there is none on this target");
                let help = "`fluxgate::set_clock(..)` before, or `.clock(..)` for this breaker";
                ConfigProblem::new(setting, message).with_help(help)
            }));
        }
        if problems.is_empty() { Ok(()) } else { Err(ConfigError::new(problems)) }
    }

    /// Checks the rule against `normal` and `outage`, as the compiler does. Everything else must be valid.
    pub(crate) fn check_against(&self, expectations: Expectations) -> Result<(), ConfigError> {
        let is_nothing_expected = expectations.normal.is_none() && expectations.outage.is_none();
        if is_nothing_expected {
            return Ok(());
        }
        let problems = by_hand::expectations(&self.rule, &self.window, expectations);
        if problems.is_empty() { Ok(()) } else { Err(ConfigError::new(problems)) }
    }

    /// The settings that need a clock, with their values.
    fn timed(&self) -> Vec<(&'static str, String)> {
        let Self {
            window,
            rule,
            retry,
            permit,
            on_cancel,
            // These need no clock, or have no effect without one.
            name: _,
            max_half_open_calls: _,
            half_open_timeout: _,
            on_panic: _,
            count_calls: _,
            time_limit: _,
        } = self;
        let measures = Rule::measures(rule.nodes());
        let waits = !matches!(retry.schedule, Schedule::Always | Schedule::Never);
        let settings = [
            matches!(window.extent, Extent::Time(_)).then(|| ("window", window.to_string())),
            (measures.durations() || measures.recency).then(|| ("trip", rule.to_string())),
            waits.then(|| ("retry", retry.to_string())),
            matches!(on_cancel, OnCancel::FailureAfter(_)).then(|| ("on_cancel", on_cancel.to_string())),
            matches!(permit, Permit::RampUp { .. }).then(|| ("permit", permit.to_string())),
        ];
        settings.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::{CircuitBreaker, ConfigProblem, Outcome, permit, retry, trip, window};
    use std::time::Duration;

    #[test]
    fn build_says_all_that_is_wrong_in_the_words_of_the_compiler() {
        let error = CircuitBreaker::builder("wrong")
            .window(window::count(10))
            .trip(trip::min(20) & trip::failure_rate(50.0))
            .retry(retry::cooldown(Duration::ZERO))
            .permit(permit::ramp_up(0.5, 0.1, Duration::from_secs(1)))
            .max_half_open_calls(0)
            .on_panic(Outcome::Success)
            .build()
            .unwrap_err();
        assert_eq!(error.to_string().matches("help: ").count(), 6, "{error}");
        assert!(!error.to_string().contains("clock"));
        let settings: Vec<_> = error.problems().iter().map(ConfigProblem::setting).collect();
        assert_eq!(settings, ["trip", "trip", "retry", "permit", "max_half_open_calls", "on_panic"]);
        let custom = trip::min(3) & trip::custom(|metrics| metrics.failures() > 2);
        CircuitBreaker::builder("right").trip(custom).build().unwrap();
    }
}

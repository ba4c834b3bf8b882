//! Some settings, to be changed.

use core::fmt;
use std::time::Duration;

use fluxgate_rules::duration::Spelled;
use fluxgate_rules::{Permit, Retry, Rule, Window};

use super::{OnCancel, Settings};
use crate::state::Outcome;

/// New values for some settings of a breaker, for [`CircuitBreaker::reconfigure`](crate::CircuitBreaker::reconfigure). What is not
/// mentioned stays as it is.
///
/// ```
/// use fluxgate::{Changes, retry, trip};
/// use std::time::Duration;
///
/// let changes = Changes::new()
///     .trip(trip::min(20) & trip::failure_rate(0.3))
///     .retry(retry::cooldown(Duration::from_secs(10)));
/// ```
#[derive(Clone, PartialEq, Default, Debug)]
#[must_use = "nothing is changed before `reconfigure`"]
pub struct Changes {
    pub(crate) window: Option<Window>,
    pub(crate) trip: Option<Rule>,
    pub(crate) retry: Option<Retry>,
    pub(crate) permit: Option<Permit>,
    pub(crate) max_half_open_calls: Option<u32>,
    pub(crate) half_open_timeout: Option<Duration>,
    pub(crate) on_panic: Option<Outcome>,
    pub(crate) on_cancel: Option<OnCancel>,
    pub(crate) count_calls: Option<bool>,
}

impl Changes {
    /// No change.
    pub fn new() -> Self {
        Self::default()
    }

    /// See [`Builder::window`](crate::Builder::window). A breaker with the default rule gets that of the new window.
    pub fn window(self, window: Window) -> Self {
        Self { window: Some(window), ..self }
    }

    /// See [`Builder::trip`](crate::Builder::trip).
    pub fn trip(self, rule: Rule) -> Self {
        Self { trip: Some(rule), ..self }
    }

    /// See [`Builder::retry`](crate::Builder::retry). A breaker that is open stays so for the pause that was drawn when it opened.
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry: Some(retry), ..self }
    }

    /// See [`Builder::permit`](crate::Builder::permit).
    pub fn permit(self, permit: Permit) -> Self {
        Self { permit: Some(permit), ..self }
    }

    /// See [`Builder::max_half_open_calls`](crate::Builder::max_half_open_calls).
    pub fn max_half_open_calls(self, calls: u32) -> Self {
        Self { max_half_open_calls: Some(calls), ..self }
    }

    /// See [`Builder::half_open_timeout`](crate::Builder::half_open_timeout).
    pub fn half_open_timeout(self, longest: Duration) -> Self {
        Self { half_open_timeout: Some(longest), ..self }
    }

    /// See [`Builder::on_panic`](crate::Builder::on_panic).
    pub fn on_panic(self, outcome: Outcome) -> Self {
        Self { on_panic: Some(outcome), ..self }
    }

    /// See [`Builder::on_cancel`](crate::Builder::on_cancel).
    pub fn on_cancel(self, outcome: impl Into<OnCancel>) -> Self {
        Self { on_cancel: Some(outcome.into()), ..self }
    }

    /// See [`Builder::count_calls`](crate::Builder::count_calls). A breaker that counts calls goes on with that, whatever is said here:
    /// totals have no gaps.
    pub fn count_calls(self, counts: bool) -> Self {
        Self { count_calls: Some(counts), ..self }
    }

    /// The names of the settings.
    #[cfg(feature = "serde")]
    pub(crate) const SETTINGS: [&str; 9] = [
        "window",
        "trip",
        "retry",
        "permit",
        "max_half_open_calls",
        "half_open_timeout",
        "on_panic",
        "on_cancel",
        "count_calls",
    ];

    /// Whether the setting of this name is changed.
    #[cfg(feature = "serde")]
    pub(crate) fn has(&self, setting: &str) -> bool {
        match setting {
            "window" => self.window.is_some(),
            "trip" => self.trip.is_some(),
            "retry" => self.retry.is_some(),
            "permit" => self.permit.is_some(),
            "max_half_open_calls" => self.max_half_open_calls.is_some(),
            "half_open_timeout" => self.half_open_timeout.is_some(),
            "on_panic" => self.on_panic.is_some(),
            "on_cancel" => self.on_cancel.is_some(),
            "count_calls" => self.count_calls.is_some(),
            _ => false,
        }
    }

    /// These changes and, of what they do not mention, the others.
    #[cfg(feature = "serde")]
    pub(crate) fn over(self, others: &Self) -> Self {
        Self {
            window: self.window.or(others.window),
            trip: self.trip.or_else(|| others.trip.clone()),
            retry: self.retry.or(others.retry),
            permit: self.permit.or(others.permit),
            max_half_open_calls: self.max_half_open_calls.or(others.max_half_open_calls),
            half_open_timeout: self.half_open_timeout.or(others.half_open_timeout),
            on_panic: self.on_panic.or(others.on_panic),
            on_cancel: self.on_cancel.or(others.on_cancel),
            count_calls: self.count_calls.or(others.count_calls),
        }
    }

    /// Changes of the same settings, to the values that they have in others.
    #[cfg(feature = "keyed")]
    pub(crate) fn taken_from(&self, settings: &Settings) -> Self {
        Self {
            // A rule that is standard for its window changes with it.
            trip: self.trip.is_some().then(|| settings.rule.clone()),
            window: self.window.map(|_| settings.window),
            retry: self.retry.map(|_| settings.retry),
            permit: self.permit.map(|_| settings.permit),
            max_half_open_calls: self.max_half_open_calls.map(|_| settings.max_half_open_calls),
            half_open_timeout: self.half_open_timeout.map(|_| settings.half_open_timeout),
            on_panic: self.on_panic.map(|_| settings.on_panic),
            on_cancel: self.on_cancel.map(|_| settings.on_cancel),
            count_calls: self.count_calls.map(|_| settings.count_calls),
        }
    }

    /// All settings, with the values that they have here.
    pub(crate) fn to(settings: &Settings) -> Self {
        let Settings { window, retry, permit, max_half_open_calls, half_open_timeout, .. } = *settings;
        Self {
            window: Some(window),
            trip: Some(settings.rule.clone()),
            retry: Some(retry),
            permit: Some(permit),
            max_half_open_calls: Some(max_half_open_calls),
            half_open_timeout: Some(half_open_timeout),
            on_panic: Some(settings.on_panic),
            on_cancel: Some(settings.on_cancel),
            count_calls: Some(settings.count_calls),
        }
    }

    /// These settings with the changes.
    pub(crate) fn of(&self, settings: &Settings) -> Settings {
        let window = self.window.unwrap_or(settings.window);
        let is_standard = settings.rule.nodes() == Rule::standard(settings.window.size());
        let kept = || if is_standard { Rule::standard_for(window.size()) } else { settings.rule.clone() };
        Settings {
            name: settings.name.clone(),
            window,
            rule: self.trip.clone().unwrap_or_else(kept),
            retry: self.retry.unwrap_or(settings.retry),
            permit: self.permit.unwrap_or(settings.permit),
            max_half_open_calls: self.max_half_open_calls.unwrap_or(settings.max_half_open_calls),
            half_open_timeout: self.half_open_timeout.unwrap_or(settings.half_open_timeout),
            on_panic: self.on_panic.unwrap_or(settings.on_panic),
            on_cancel: self.on_cancel.unwrap_or(settings.on_cancel),
            count_calls: self.count_calls.unwrap_or(settings.count_calls),
        }
    }
}

/// As the attribute spells them: `window = count(100), retry = cooldown(1m)`.
impl fmt::Display for Changes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = [
            ("window", self.window.map(|window| window.to_string())),
            ("trip", self.trip.as_ref().map(Rule::to_string)),
            ("retry", self.retry.map(|retry| retry.to_string())),
            ("permit", self.permit.map(|permit| permit.to_string())),
            ("max_half_open_calls", self.max_half_open_calls.map(|calls| calls.to_string())),
            ("half_open_timeout", self.half_open_timeout.map(|longest| Spelled(longest).to_string())),
            ("on_panic", self.on_panic.map(|outcome| OnCancel::from(outcome).to_string())),
            ("on_cancel", self.on_cancel.map(|outcome| outcome.to_string())),
            ("count_calls", self.count_calls.map(|counts| counts.to_string())),
        ];
        let mut separator = "";
        for (name, value) in settings {
            if let Some(value) = value {
                write!(formatter, "{separator}{name} = {value}")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

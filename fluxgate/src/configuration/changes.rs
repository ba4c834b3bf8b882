//! Changes of settings while a breaker is in use.

use core::fmt;
use std::time::Duration;

#[cfg(feature = "serde")]
use fluxgate_rules::by_text::{self, Unreturned};
use fluxgate_rules::duration::Spelled;
use fluxgate_rules::{Permit, Retry, Rule, Window};

#[cfg(feature = "serde")]
use super::config_error::ConfigError;
use super::{OnCancel, Settings};
use crate::state::Outcome;

/// Writes the code that treats all settings alike, from one line for each: its name, its type, its field of [`Settings`], how it prints,
/// and how it is read.
macro_rules! changes {
    ($($name:ident: $type:ty, of $field:ident, prints $print:expr, reads $read:expr;)*) => {
        /// New values for some settings of a breaker, for [`CircuitBreaker::reconfigure`](crate::CircuitBreaker::reconfigure). The other
        /// settings stay as they are.
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
            $($name: Option<$type>,)*
        }

        #[allow(clippy::clone_on_copy, reason = "rules are not `Copy`, and all settings are treated alike")]
        impl Changes {
            /// The names of the settings.
            #[cfg(feature = "serde")]
            pub(crate) const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// Whether the setting of this name is changed.
            #[cfg(feature = "serde")]
            pub(crate) fn has(&self, name: &str) -> bool {
                $(name == stringify!($name) && self.$name.is_some())||*
            }

            /// Changes a setting to a value in the words of the attribute. Returns `false` if there is no such setting.
            #[cfg(feature = "serde")]
            pub(crate) fn read(&mut self, name: &str, text: &str) -> Result<bool, ConfigError> {
                match name {
                    $(stringify!($name) => self.$name = Some($read(text)?),)*
                    _ => return Ok(false),
                }
                Ok(true)
            }

            /// Both changes; where both change a setting, `self` wins.
            #[cfg(any(feature = "serde", feature = "keyed"))]
            pub(crate) fn over(self, others: &Self) -> Self {
                Self { $($name: self.$name.or_else(|| others.$name.clone()),)* }
            }

            /// Changes of the same settings, to the values in `settings`.
            #[cfg(feature = "keyed")]
            pub(crate) fn taken_from(&self, settings: &Settings) -> Self {
                Self { $($name: self.$name.is_some().then(|| settings.$field.clone()),)* }
            }

            /// Changes of all settings, to the values in `settings`.
            pub(crate) fn to(settings: &Settings) -> Self {
                Self { $($name: Some(settings.$field.clone()),)* }
            }

            fn apply_to(&self, settings: &mut Settings) {
                $(if let Some(value) = &self.$name {
                    settings.$field = value.clone();
                })*
            }

            /// The name of each setting and, if it is changed, its value.
            fn printed(&self) -> impl Iterator<Item = (&'static str, Option<String>)> {
                [$((stringify!($name), self.$name.as_ref().map($print)),)*].into_iter()
            }
        }
    };
}

changes! {
    window: Window, of window, prints Window::to_string, reads str::parse;
    trip: Rule, of rule, prints Rule::to_string, reads str::parse;
    retry: Retry, of retry, prints Retry::to_string, reads str::parse;
    permit: Permit, of permit, prints Permit::to_string, reads str::parse;
    max_half_open_calls: u32, of max_half_open_calls, prints u32::to_string, reads by_text::max_half_open_calls;
    half_open_timeout: Duration, of half_open_timeout, prints |time| Spelled(*time).to_string(), reads by_text::half_open_timeout;
    on_panic: Outcome, of on_panic, prints |outcome| OnCancel::from(*outcome).to_string(), reads read_on_panic;
    on_cancel: OnCancel, of on_cancel, prints OnCancel::to_string, reads read_on_cancel;
    count_calls: bool, of count_calls, prints bool::to_string, reads by_text::count_calls;
}

#[cfg(feature = "serde")]
fn read_on_panic(text: &str) -> Result<Outcome, ConfigError> {
    by_text::on_panic(text).map(outcome)
}

#[cfg(feature = "serde")]
fn read_on_cancel(text: &str) -> Result<OnCancel, ConfigError> {
    by_text::on_cancel(text).map(|unreturned| match unreturned {
        Unreturned::FailureAfter(after) => OnCancel::FailureAfter(after),
        other => OnCancel::Outcome(outcome(other)),
    })
}

#[cfg(feature = "serde")]
fn outcome(unreturned: Unreturned) -> Outcome {
    match unreturned {
        Unreturned::Failure | Unreturned::FailureAfter(_) => Outcome::Failure,
        Unreturned::Ignored => Outcome::Ignored,
    }
}

impl Changes {
    /// No change.
    pub fn new() -> Self {
        Self::default()
    }

    /// See [`Builder::window`](crate::Builder::window). A breaker with the default rule gets the default rule of the new window.
    pub fn window(self, window: Window) -> Self {
        Self { window: Some(window), ..self }
    }

    /// See [`Builder::trip`](crate::Builder::trip).
    pub fn trip(self, rule: Rule) -> Self {
        Self { trip: Some(rule), ..self }
    }

    /// See [`Builder::retry`](crate::Builder::retry). An open breaker completes the pause that was drawn when it opened.
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

    /// See [`Builder::count_calls`](crate::Builder::count_calls). A breaker that counts calls never stops, even if this is `false`: totals
    /// have no gaps.
    pub fn count_calls(self, counts: bool) -> Self {
        Self { count_calls: Some(counts), ..self }
    }

    /// These settings with the changes.
    pub(crate) fn of(&self, settings: &Settings) -> Settings {
        let mut changed = settings.clone();
        self.apply_to(&mut changed);
        let is_standard = || settings.rule.nodes() == Rule::standard(settings.window.size());
        if self.trip.is_none() && is_standard() {
            changed.rule = Rule::standard_for(changed.window.size());
        }
        changed
    }
}

/// As the attribute spells them: `window = count(100), retry = cooldown(1m)`.
impl fmt::Display for Changes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (name, value) in self.printed() {
            if let Some(value) = value {
                write!(formatter, "{separator}{name} = {value}")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

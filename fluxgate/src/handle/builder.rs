//! A breaker made at run time.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use fluxgate_rules::{Expectations, Permit, Ratio, Retry, Rule, Window};

use super::circuit_breaker::CircuitBreaker;
use super::enrollment::enroll;
use crate::clock::{self, Clock, UserClock};
use crate::configuration::config_error::ConfigError;
use crate::configuration::name::Name;
use crate::configuration::named::SettingsRef;
use crate::configuration::{OnCancel, Settings};
use crate::engine::breaker::Breaker;
use crate::engine::transition;
use crate::events::listener::Listener;
use crate::state::Outcome;

/// Builds a breaker; returned by [`CircuitBreaker::builder`].
///
/// The defaults are those of the attribute, and so are the [ranges](macro@crate::circuit_breaker#rules) of values. Nothing is checked before
/// [`build`](Self::build), which reports all errors together.
///
/// ```
/// use fluxgate::{CircuitBreaker, Transition, permit, retry, trip, window};
/// use std::time::Duration;
///
/// let breaker = CircuitBreaker::builder("payments")
///     .window(window::time(Duration::from_secs(60)))
///     .trip(trip::min(20) & trip::failure_rate(0.5) | trip::failure_streak(5))
///     .retry(retry::backoff(Duration::from_secs(10)).max(Duration::from_secs(300)).jitter(0.1))
///     .permit(permit::ramp_up(0.1, 1.0, Duration::from_secs(60)))
///     .half_open_timeout(Duration::from_secs(300))
///     .listener(|transition: &Transition| println!("{transition}"))
///     .build()?;
/// assert_eq!(breaker.snapshot().trial, 20);
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
///
/// Text that is known only when the program runs can be parsed: `.trip(text.parse()?)`, and likewise a window, a retry and a permit.
#[must_use = "nothing is made before `build`"]
#[derive(Clone)]
pub struct Builder {
    settings: Settings,
    /// `None` for the standard rule of the window.
    trip: Option<Rule>,
    expectations: Expectations,
    clock: Option<Arc<dyn Clock>>,
    listeners: Listeners,
}

/// The listeners of a breaker.
pub(super) type Listeners = Vec<Arc<dyn Listener>>;

impl CircuitBreaker {
    /// Starts building a breaker, with the defaults of the attribute. A name is any text that is not empty. Names need not be unique; if
    /// several breakers share one, [`find`](crate::find) returns any of them.
    pub fn builder(name: impl Into<Cow<'static, str>>) -> Builder {
        Builder {
            settings: Settings::standard(Name::from(name.into())),
            trip: None,
            expectations: Expectations::default(),
            clock: None,
            listeners: Vec::new(),
        }
    }
}

impl Builder {
    /// Which recent calls are remembered. Default: the last 100.
    pub fn window(mut self, window: Window) -> Self {
        self.settings.window = window;
        self
    }

    /// When to trip. Default: `closed & min(100) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)`, where 100 and 10
    /// are capped at the window's size.
    pub fn trip(mut self, rule: Rule) -> Self {
        self.trip = Some(rule);
        self
    }

    /// The share of calls that fails when all is well, above 0 and at most 1. [`build`](Self::build) then refuses a rule that opens a
    /// healthy breaker with a chance above 1 in 1,000 while its window first fills, or more than once in a million calls after that, and
    /// names the nearest rule that does not. In a time window, that holds for any number of calls. Conditions that say nothing about
    /// failures are left out. It is used only for this check. Default: unknown, and not checked. See [choosing
    /// numbers](crate::docs::choosing).
    ///
    /// ```
    /// use fluxgate::{CircuitBreaker, trip};
    ///
    /// let payments = || CircuitBreaker::builder("payments").normal(0.2);
    /// let problem = payments().trip(trip::min(10) & trip::failure_rate(0.5)).build().unwrap_err();
    /// assert!(problem.to_string().contains("this rule opens 1 in 26 healthy breakers within the first 100 calls"));
    /// let breaker = payments().trip(trip::min(25) & trip::failure_rate(0.5)).build()?;
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn normal(mut self, share: f64) -> Self {
        self.expectations.normal = Some(Ratio::new(share));
        self
    }

    /// The share of calls that fails in an outage, above 0 and at most 1. [`build`](Self::build) then refuses a rule that needs more than a
    /// window of calls to notice an outage in 99% of cases, if all calls before it succeeded. In a time window, that holds for any number
    /// of calls with which the rule can hold, from its largest `min` up. Default: unknown, and not checked. See [choosing
    /// numbers](crate::docs::choosing).
    pub fn outage(mut self, share: f64) -> Self {
        self.expectations.outage = Some(Ratio::new(share));
        self
    }

    /// When to try again. Default: after a minute.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.settings.retry = retry;
        self
    }

    /// Which calls are admitted while half-open. Default: after the trial, a share that grows from 10% to 100% over the minute after the
    /// pause.
    pub fn permit(mut self, permit: Permit) -> Self {
        self.settings.permit = permit;
        self
    }

    /// How many calls of a trial may run at once, 1 or more. Default: 10. Further calls are refused, never queued. No more are admitted
    /// than the trial can still use. Calls that make others on another thread or task get [room for both](crate::docs::recovery#the-trial).
    pub fn max_half_open_calls(mut self, calls: u32) -> Self {
        self.settings.max_half_open_calls = calls;
        self
    }

    /// How long calls of a trial may run without an outcome before the breaker re-opens, which it does when the next call is made or ends. A
    /// call that takes this long counts as hung, so this has to be longer than any `slow_rate` or `avg_latency` that the rule asks for in
    /// half-open, and at least a millisecond. Cancelled calls that have no outcome by [`on_cancel`](Self::on_cancel) share this time with the
    /// next calls; while no call is running, it does not pass. It does not end a ramp, and a slow trickle of calls is progress. Default: a
    /// minute.
    pub fn half_open_timeout(mut self, longest: Duration) -> Self {
        self.settings.half_open_timeout = longest;
        self
    }

    /// What a call that panics counts as: `Failure`, the default, or `Ignored`.
    pub fn on_panic(mut self, outcome: Outcome) -> Self {
        self.settings.on_panic = outcome;
        self
    }

    /// What a cancelled call counts as: [`Outcome::Ignored`], the default, [`Outcome::Failure`], or [`OnCancel::FailureAfter`] for a
    /// failure only if the caller waited for some time. The last one times calls.
    ///
    /// ```
    /// use fluxgate::{CircuitBreaker, OnCancel};
    /// use std::time::Duration;
    ///
    /// let patience = Duration::from_secs(2);
    /// let breaker = CircuitBreaker::builder("payments").on_cancel(OnCancel::FailureAfter(patience)).build()?;
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn on_cancel(mut self, outcome: impl Into<OnCancel>) -> Self {
        self.settings.on_cancel = outcome.into();
        self
    }

    /// Whether all calls are counted, healthy ones included, for [`Totals`](crate::Totals), metrics and listeners. Default: `false`. Each
    /// call then reads the clock twice, and writes to a counter that other threads seldom share; otherwise, a healthy call writes nothing.
    /// See also [`count_calls`](crate::count_calls), for all breakers.
    ///
    /// ```
    /// # use fluxgate::CircuitBreaker;
    /// let breaker = CircuitBreaker::builder("payments").count_calls(true).build()?;
    /// breaker.call(|| Ok::<_, ()>(())).unwrap();
    /// assert_eq!(breaker.snapshot().totals.successes, Some(1));
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn count_calls(mut self, counts: bool) -> Self {
        self.settings.count_calls = counts;
        self
    }

    /// Adds a listener. May be called several times.
    pub fn listener(mut self, listener: impl Listener) -> Self {
        self.listeners.push(Arc::new(listener));
        self
    }

    /// The clock that the breaker reads. Default: a monotonic clock of the system, unless [`set_clock`](crate::set_clock) has set another
    /// for the process.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Checks the settings without making a breaker: what passes here, [`build`](Self::build) accepts.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    ///
    /// ```
    /// use fluxgate::{CircuitBreaker, trip};
    ///
    /// let unguarded = CircuitBreaker::builder("payments").trip(trip::failure_rate(0.5));
    /// assert!(unguarded.check().unwrap_err().to_string().contains("min(10) & failure_rate(0.5)"));
    /// ```
    pub fn check(&self) -> Result<(), ConfigError> {
        self.clone().checked().map(drop)
    }

    /// Makes the breaker and enters it in the [registry](crate::breakers).
    ///
    /// # Errors
    /// Everything that is wrong with the settings, with the messages that the compiler gives for the attribute. On a target
    /// [without a clock](crate#targets), also every setting that needs one.
    pub fn build(self) -> Result<CircuitBreaker, ConfigError> {
        let (breaker, listeners) = self.checked()?;
        for listener in listeners {
            transition::listen(&breaker, listener);
        }
        enroll(&breaker);
        Ok(CircuitBreaker::from_shared(breaker))
    }

    /// A new breaker with valid settings, and its listeners.
    pub(super) fn checked(self) -> Result<(Arc<Breaker>, Listeners), ConfigError> {
        let rule = self.trip.unwrap_or_else(|| Rule::standard_for(self.settings.window.size()));
        let settings = Settings { rule, ..self.settings };
        let settings = SettingsRef::checked(settings, self.clock.is_some() || clock::is_there())?;
        settings.get().check_against(self.expectations)?;
        let clock = self.clock.map(|clock| Arc::new(UserClock::new(clock)));
        Ok((Breaker::shared(settings, clock), self.listeners))
    }
}

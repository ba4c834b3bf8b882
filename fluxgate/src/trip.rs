//! When a breaker trips: conditions, joined by `&` and `|` into a [`Rule`].
//!
//! `&` binds tighter than `|`. A rule prints as the attribute would spell it, and can be parsed from that, as a window, a retry and a
//! permit can.
//!
//! ```
//! use fluxgate::trip;
//! use std::time::Duration;
//!
//! let slow = trip::slow_rate(0.3, Duration::from_secs(1));
//! let rule = trip::min(20) & (trip::failure_rate(0.5) | slow) | trip::failure_streak(5);
//! assert_eq!(
//!     rule.to_string(),
//!     "min(20) & (failure_rate(0.5) | slow_rate(0.3, 1s)) | failure_streak(5)",
//! );
//! assert_eq!("min(20) & failure_rate(50%)".parse(), Ok(trip::min(20) & trip::failure_rate(0.5)));
//! ```
//!
//! [`Rule::explain`] shows what a rule will do, in figures; see also [choosing numbers](crate::docs::choosing).
//!
//! There is no negation, so a rule is monotone: worse numbers never un-trip it. This is how the compiler knows that a rule can never hold
//! or that it trips on healthy traffic, and how a breaker can end a trial as soon as the verdict is certain.

use std::time::Duration;

use fluxgate_rules::{Condition, Metrics, Ratio};

pub use fluxgate_rules::{Explanation, Rule, TrialOdds};

/// The breaker is closed.
///
/// Together with [`half_open`], it gives each state its own rule. A rule must be able to trip in both states: otherwise a trial could never
/// end. And what trips it when closed must be able to trip it in half-open: otherwise a dead dependency, whose calls all fail or are slow,
/// would pass every trial.
///
/// ```
/// use fluxgate::{CircuitBreaker, trip};
///
/// let strict = trip::half_open() & trip::min(5) & trip::failure_rate(0.2);
/// let breaker = CircuitBreaker::builder("payments")
///     .trip(trip::closed() & trip::min(100) & trip::failure_rate(0.5) | strict)
///     .build()?;
/// assert_eq!(breaker.snapshot().trial, 5);
///
/// let problem = CircuitBreaker::builder("payments").trip(trip::closed() & trip::failures(5)).build();
/// assert!(problem.unwrap_err().to_string().contains("its trial could never end"));
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub fn closed() -> Rule {
    Rule::from_condition(Condition::Closed)
}

/// The breaker is half-open: on trial, or on the ramp after it.
pub fn half_open() -> Rule {
    Rule::from_condition(Condition::HalfOpen)
}

/// There are at least `calls` calls in the window, or in the trial while one is running. `calls` is 1 or more.
///
/// Rates and averages need a `min`: one failure in one call is a rate of 100%. On a closed breaker, `calls` may not exceed what the window
/// holds; in a trial, 1,000,000.
pub fn min(calls: u32) -> Rule {
    Rule::from_condition(Condition::Min(calls))
}

/// At least this share of calls, above 0 and at most 1, failed.
///
/// The comparison is exact, in integers: 7 of 100 reach 0.07.
///
/// With [`sure`](Rule::sure), the share has to be exceeded beyond what chance explains, which needs no `min`: three failures in four calls
/// say little, thirty in forty much.
///
/// ```
/// use fluxgate::{CircuitBreaker, State, trip};
///
/// let rule = trip::failure_rate(0.5).sure(0.95);
/// assert_eq!(rule.to_string(), "failure_rate(0.5, sure = 0.95)");
/// let breaker = CircuitBreaker::builder("payments").trip(rule).build()?;
/// // Eight failures in a row are no longer chance.
/// (0..7).for_each(|_| breaker.acquire().unwrap().failure());
/// assert_eq!(breaker.state(), State::Closed);
/// breaker.acquire()?.failure();
/// assert_eq!(breaker.state(), State::Open);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn failure_rate(share: f64) -> Rule {
    Rule::from_condition(Condition::FailureRate(Ratio::new(share)))
}

/// At least `calls` calls failed. `calls` is from 1 to the window's size; in a trial, at most 1,000,000.
pub fn failures(calls: u32) -> Rule {
    Rule::from_condition(Condition::Failures(calls))
}

/// At least the last `calls` calls failed, regardless of the window. `calls` is 1 or more; in a trial, at most 1,000,000.
pub fn failure_streak(calls: u32) -> Rule {
    Rule::from_condition(Condition::FailureStreak(calls))
}

/// At least this share of calls, above 0 and at most 1, took `threshold` or longer, which is at least 1 µs.
///
/// In half-open, calls count as hung after [`half_open_timeout`](crate::Builder::half_open_timeout), which therefore has to be longer.
/// Failed calls are included: a timeout is a slow call. One rule may have up to 4 different thresholds. A percentile is a slow
/// rate: "p99 reaches 2 s" is `slow_rate(0.01, Duration::from_secs(2))`.
pub fn slow_rate(share: f64, threshold: Duration) -> Rule {
    Rule::from_condition(Condition::SlowRate(Ratio::new(share), threshold))
}

/// Calls took `threshold` or longer on average, which is at least 1 µs.
///
/// In half-open, calls count as hung after [`half_open_timeout`](crate::Builder::half_open_timeout), which therefore has to be longer.
/// Failed calls are included: a timeout is a slow call.
pub fn avg_latency(threshold: Duration) -> Rule {
    Rule::from_condition(Condition::AvgLatency(threshold))
}

/// The last call failed, and no call has succeeded for `duration`, in any state: before the breaker opened, while it was open, in a trial,
/// and before a [`reset`](crate::CircuitBreaker::reset). If no call has succeeded yet, the time since the first outcome counts.
///
/// So sixty calls that fail together within two milliseconds do not trip the breaker, and a dependency that fails for five seconds does.
/// Where calls are few, a single failure may come that long after the last success; join it with [`failure_streak`] there.
///
/// Every success has to be recorded for this: a rule with this condition costs each call a reading of the clock and the breaker's lock.
///
/// ```
/// use fluxgate::{CircuitBreaker, trip};
/// use std::time::Duration;
///
/// let rule = trip::failure_streak(3) & trip::failing_for(Duration::from_secs(5));
/// let breaker = CircuitBreaker::builder("payments").trip(rule).build()?;
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub fn failing_for(duration: Duration) -> Rule {
    Rule::from_condition(Condition::FailingFor(duration))
}

/// At least `calls` calls, 2 or more, are running at once.
///
/// All other conditions look at calls that have ended, so they do not notice a dependency that hangs until its calls end. This one does:
/// the call that reaches the number opens the breaker. That call still runs, as every call does that is made while the breaker is closed,
/// and the next one is refused. Calls in flight when a state began do not count in it; nor does a call within the body of another one,
/// which counts as part of that, nor an outcome that is [recorded](crate::CircuitBreaker::record) without a call.
///
/// It needs no [`min`]. Choose a number above what runs at once on the busiest day: that many calls of a healthy dependency would open the
/// breaker as well.
///
/// # Calls that run are slow before they end
///
/// A rule with this condition also counts a running call as slow once it has run for the duration of one of the rule's [`slow_rate`]
/// conditions. So `min(10) & slow_rate(0.5, 2s) | in_flight(50)` trips on ten calls that have hung for two seconds, though none has ended.
/// The rule is evaluated on the calls that have ended, and also on these together with the slow running ones, as if those had just ended
/// well; when they do end, they count as what they are. There are no timers: running calls are checked when a call is made, or ends as a
/// success or a failure, and a call is known to be slow at most a sixteenth of the duration late.
///
/// # In half-open
///
/// The number of running calls is not evidence of a dependency's health, so a trial is as long, and passes with as many good calls, as it
/// would without this condition; a rule therefore needs another one for half-open breakers. If it holds in a trial or a ramp, it re-opens
/// the breaker. So do running calls that are slow, as soon as they are enough for a verdict. A trial has no more calls in flight than its
/// length, or than [`max_half_open_calls`](crate::Builder::max_half_open_calls).
///
/// # What it costs
///
/// The breaker tracks the beginning and the end of each call, so a breaker whose rule has this condition takes its lock twice for each
/// call.
///
/// ```
/// use fluxgate::{CircuitBreaker, State, trip};
///
/// let rule = trip::min(10) & trip::failure_rate(0.5) | trip::in_flight(3);
/// let breaker = CircuitBreaker::builder("payments").trip(rule).build()?;
/// let hung: Vec<_> = (0..3).map(|_| breaker.acquire().unwrap()).collect();
/// assert_eq!(breaker.state(), State::Open);
/// let refusal = breaker.acquire().unwrap_err();
/// assert!(refusal.to_string().contains("3 calls are running at once (3 >= 3)"));
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub fn in_flight(calls: u32) -> Rule {
    Rule::from_condition(Condition::InFlight(calls))
}

/// The function returns `true`.
///
/// It should depend on the metrics alone, and be monotone like the rest of the rule. If it panics, the condition does not hold. Calls are
/// timed, since the function may read the average.
///
/// # When it is asked
///
/// After an outcome, and only if the answer decides: the other conditions of its `&`-group hold, and the rule does not hold without it. So
/// in `min(20) & custom(f) | failures(50)` it is not asked before the 20th call, nor about the call that is the 50th failure. Where it
/// decides, it is asked after every outcome, good or bad; if a rule has several functions, all are asked when one decides. Outcomes that
/// are ignored or late, and the passing of time, do not lead to a question.
///
/// A trial asks in the same way, about its own calls, but not if its verdict is certain without the function: if enough calls failed for
/// another alternative, for example.
///
/// It is called on the thread that reports the outcome, under no lock, with the figures as of that outcome; so several threads may call it
/// at once, and it may take its time. Its answer counts unless the breaker has changed state or been reset meanwhile.
///
/// ```
/// use fluxgate::{CircuitBreaker, Metrics, trip};
///
/// /// At least as many failures as the square root of all calls.
/// fn many(metrics: &Metrics) -> bool {
///     metrics.failures().pow(2) >= metrics.total()
/// }
///
/// let breaker =
///     CircuitBreaker::builder("payments").trip(trip::min(20) & trip::custom(many)).build()?;
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub fn custom(predicate: fn(&Metrics) -> bool) -> Rule {
    Rule::from_condition(Condition::Custom { path: "..", predicate })
}

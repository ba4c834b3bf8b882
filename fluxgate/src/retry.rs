//! When an open breaker tries again.
//!
//! The delay is determined once, when the breaker opens: jitter is applied first, the cap last. A breaker that trips again before it has
//! been closed for as long as it was last open counts as re-opening, so a flapping service keeps its backoff. If the breaker waited for a
//! call after its delay, only the delay counts. A breaker that a command took out of open or half-open has not closed, so its backoff
//! goes on, unless the command was a [reset](crate::CircuitBreaker::reset).
//!
//! ```
//! use fluxgate::retry;
//! use std::time::Duration;
//!
//! let retry = retry::backoff(Duration::from_secs(10))
//!     .multiplier(2.0)
//!     .max(Duration::from_secs(300))
//!     .jitter(0.1);
//! assert_eq!(retry.to_string(), "backoff(10s, multiplier = 2.0, max = 5m, jitter = 0.1)");
//! ```
//!
//! What the dependency asks for takes precedence: in the attribute, `retry = from_error(PATH, otherwise = backoff(10s))`, where the function
//! at PATH finds it in the error; by hand, [`Call::failure_for`](crate::Call::failure_for).

use std::time::Duration;

use fluxgate_rules::metrics::nanos;
use fluxgate_rules::{Ratio, Schedule};

use crate::callback::contain;
use crate::random::Draw;

pub use fluxgate_rules::Retry;

/// After `delay`, which is always the same unless [`jitter`](Retry::jitter) is set.
pub const fn cooldown(delay: Duration) -> Retry {
    Retry::new(Schedule::Cooldown(delay))
}

/// After `initial`, multiplied by [`multiplier`](Retry::multiplier) (default: 2) with each re-opening, up to [`max`](Retry::max)
/// (default: 5 minutes, or `initial` if that is longer).
pub const fn backoff(initial: Duration) -> Retry {
    Retry::new(Schedule::Backoff(initial))
}

/// At once: the next call is put to the permit.
pub const fn always() -> Retry {
    Retry::new(Schedule::Always)
}

/// Never: the breaker stays open until a command.
pub const fn never() -> Retry {
    Retry::new(Schedule::Never)
}

/// After the delay that the function returns. Its argument is how often the breaker has re-opened: 0 when it opens for the first time.
///
/// The function is called once for each opening, under no lock, when the breaker is already open: until it returns, calls are refused. If
/// it panics, the delay is a minute.
pub const fn custom(delay: fn(reopens: u32) -> Duration) -> Retry {
    Retry::new(Schedule::Custom { path: "..", delay })
}

/// The delay if a user's function panics.
const FALLBACK: Duration = Duration::from_secs(60);

/// Draws the delay of an opening, in nanoseconds; `None` means forever.
pub(crate) fn draw(retry: &Retry, reopens: u32, random: Draw) -> Option<u64> {
    let (delay, max) = match retry.schedule {
        Schedule::Always => (0, u64::MAX),
        Schedule::Never => return None,
        Schedule::Cooldown(delay) => (nanos(delay), u64::MAX),
        Schedule::Custom { delay, .. } => (nanos(contain(|| delay(reopens)).unwrap_or(FALLBACK)), u64::MAX),
        Schedule::Backoff(initial) => {
            let max = nanos(retry.max.unwrap_or(Retry::MAX.max(initial)));
            let growth = retry.multiplier.unwrap_or(Retry::MULTIPLIER).powf(f64::from(reopens));
            (if reopens == 0 { nanos(initial) } else { scale(nanos(initial), growth) }, max)
        }
    };
    let jitter = retry.jitter.map_or(0.0, Ratio::as_f64);
    let drawn = if jitter > 0.0 { scale(delay, 1.0 + jitter * (2.0 * random.unit() - 1.0)) } else { delay };
    Some(drawn.min(max))
}

/// The longest pause that a dependency may ask for.
const LONGEST_REQUEST: u64 = 3_600_000_000_000;

/// The delay of an opening for which the dependency has asked for `requested` nanoseconds; `None` if that has no effect. It is up to a
/// tenth longer at random, so that clients do not come back all at once.
pub(crate) fn as_requested(retry: &Retry, requested: u64, random: Draw) -> Option<u64> {
    if requested == 0 || matches!(retry.schedule, Schedule::Never) {
        return None;
    }
    let drawn = scale(requested, 1.0 + random.unit() / 10.0).max(requested);
    Some(drawn.min(LONGEST_REQUEST))
}

/// How long a call refused by a half-open breaker should wait: a tenth of the last pause, at least 10 ms, at most 10 s, and up to half
/// as long again at random, so that the callers do not come back all at once.
pub(crate) fn soon(pause: u64, random: Draw) -> u64 {
    scale((pause / 10).clamp(10_000_000, 10_000_000_000), 1.0 + random.unit() / 2.0)
}

/// Casts from floating point saturate, so infinite growth gives the longest possible delay.
fn scale(nanos: u64, factor: f64) -> u64 {
    (nanos as f64 * factor) as u64
}

#[cfg(test)]
mod tests {
    use super::{Retry, backoff, cooldown, never};
    use crate::random::Draw;
    use std::time::Duration;

    const SECOND: u64 = 1_000_000_000;

    fn draw(retry: &Retry, reopens: u32) -> Option<u64> {
        super::draw(retry, reopens, Draw { breaker: 0, now: 0 })
    }

    #[test]
    fn backoff_grows_to_its_cap_and_never_overflows() {
        let retry = backoff(Duration::from_secs(10));
        let delays: Vec<u64> = (0..7).map(|reopens| draw(&retry, reopens).unwrap() / SECOND).collect();
        assert_eq!(delays, [10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(draw(&retry, u32::MAX), Some(300 * SECOND));
        assert_eq!(draw(&retry.max(Duration::MAX), u32::MAX), Some(u64::MAX));
        assert_eq!(draw(&backoff(Duration::from_secs(600)), 3), Some(600 * SECOND));
    }

    #[test]
    fn a_delay_without_jitter_is_exact() {
        for nanos in [1, (1 << 60) + 1, u64::MAX] {
            let delay = Duration::from_nanos(nanos);
            assert_eq!(draw(&cooldown(delay), 9), Some(nanos));
            assert_eq!(draw(&cooldown(delay).jitter(0.0), 9), Some(nanos));
            assert_eq!(draw(&backoff(delay).max(Duration::MAX), 0), Some(nanos));
        }
    }

    #[test]
    fn the_cap_comes_after_jitter() {
        let retry = backoff(Duration::from_secs(10)).max(Duration::from_secs(10)).jitter(0.5);
        for _ in 0..1_000 {
            let delay = draw(&retry, 4).unwrap();
            assert!((5 * SECOND..=10 * SECOND).contains(&delay), "{delay}");
        }
    }

    #[test]
    fn jitter_stays_within_its_share() {
        let retry = cooldown(Duration::from_secs(100)).jitter(0.2);
        let delays: Vec<u64> = (0..1_000).map(|_| draw(&retry, 0).unwrap() / SECOND).collect();
        assert!(delays.iter().all(|delay| (80..=120).contains(delay)));
        assert!(delays.iter().any(|delay| *delay < 90) && delays.iter().any(|delay| *delay > 110));
    }

    #[test]
    fn what_is_requested_comes_no_earlier_and_is_capped() {
        let requested =
            |retry: &Retry, nanos, now| super::as_requested(retry, nanos, Draw { breaker: 0, now });
        let retry = cooldown(Duration::from_secs(60));
        let drawn: Vec<u64> = (0..1_000).filter_map(|now| requested(&retry, 100 * SECOND, now)).collect();
        assert_eq!(drawn.len(), 1_000);
        assert!(drawn.iter().all(|nanos| (100 * SECOND..=110 * SECOND).contains(nanos)));
        assert!(
            drawn.iter().any(|nanos| *nanos < 102 * SECOND)
                && drawn.iter().any(|nanos| *nanos > 108 * SECOND)
        );
        for (nanos, expected) in
            [(0, None), (7_200 * SECOND, Some(3_600 * SECOND)), (u64::MAX, Some(3_600 * SECOND))]
        {
            assert_eq!(requested(&retry, nanos, 1), expected);
        }
        assert_eq!(requested(&never(), 100 * SECOND, 1), None, "until a command");
    }

    #[test]
    fn never_draws_no_delay() {
        assert_eq!(draw(&never(), 0), None);
    }
}

//! Which calls a half-open breaker admits.
//!
//! `random` and `custom` permits thin out the calls of a trial. A ramp begins to matter when the trial has passed: then it lets traffic
//! come back gradually.
//!
//! Whatever the permit says, at most [`max_half_open_calls`] calls of a trial run at once.
//!
//! [`max_half_open_calls`]: crate::Builder::max_half_open_calls
//!
//! ```
//! use fluxgate::permit;
//! use std::time::Duration;
//!
//! let permit = permit::ramp_up(0.1, 1.0, Duration::from_secs(60));
//! assert_eq!(permit.to_string(), "ramp_up(0.1, 1.0, 1m)");
//! ```

use std::time::Duration;

use fluxgate_rules::Ratio;
use fluxgate_rules::metrics::nanos;

use crate::callback::contain;
use crate::random::Draw;

pub use fluxgate_rules::Permit;

/// All calls.
pub const fn all() -> Permit {
    Permit::All
}

/// A random share of calls, from 0.01 to 1, drawn for each call. With a smaller share, a trial would wait too long for its calls.
pub const fn random(share: f64) -> Permit {
    Permit::Random(Ratio::new(share))
}

/// After the trial, a random share of calls that grows linearly from `from` to `to` over `duration`, where `0 < from <= to <= 1`, drawn for
/// each call.
///
/// The ramp begins when the pause ends, and is always completed: the breaker closes at its end, not before, so that traffic comes back
/// gradually. It notices the end when the next call is made or ends, and is half-open until then. A trial that passes after the end of the
/// ramp closes the breaker at once.
pub const fn ramp_up(from: f64, to: f64, duration: Duration) -> Permit {
    Permit::RampUp { from: Ratio::new(from), to: Ratio::new(to), duration }
}

/// The calls for which the function returns `true`. Its argument is how long the breaker has been half-open.
///
/// The function is called under no lock. If it panics, the call is admitted: a bug in it must not shut out a recovered service.
pub const fn custom(admits: fn(in_half_open: Duration) -> bool) -> Permit {
    Permit::Custom { path: "..", admits }
}

/// Draws whether a call is admitted, `in_half_open` nanoseconds after the breaker became half-open.
pub(crate) fn draw(permit: &Permit, in_half_open: u64, random: Draw) -> bool {
    match *permit {
        Permit::All => true,
        Permit::Custom { admits, .. } => {
            contain(|| admits(Duration::from_nanos(in_half_open))).unwrap_or(true)
        }
        Permit::Random(_) | Permit::RampUp { .. } => {
            let share = share(permit, in_half_open);
            share >= 1.0 || random.unit() < share
        }
    }
}

/// The share of calls to admit; 1 for a permit that is not a share.
pub(crate) fn share(permit: &Permit, in_half_open: u64) -> f64 {
    match *permit {
        Permit::All | Permit::Custom { .. } => 1.0,
        Permit::Random(share) => share.as_f64(),
        Permit::RampUp { from, to, .. } => {
            let duration = ramp(permit);
            let passed = if in_half_open >= duration { 1.0 } else { in_half_open as f64 / duration as f64 };
            from.as_f64() + (to.as_f64() - from.as_f64()) * passed
        }
    }
}

/// The length of the ramp in nanoseconds; 0 if there is none.
pub(crate) fn ramp(permit: &Permit) -> u64 {
    match *permit {
        Permit::RampUp { duration, .. } => nanos(duration),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Permit, all, custom, ramp_up, random, share};
    use crate::random::{Draw, seeded};
    use std::time::Duration;

    fn draw(permit: &Permit, in_half_open: u64) -> bool {
        super::draw(permit, in_half_open, Draw { breaker: 0, now: 0 })
    }

    #[test]
    fn a_ramp_grows_evenly() {
        let permit = ramp_up(0.1, 1.0, Duration::from_secs(60));
        let at = |seconds: u64| (share(&permit, seconds * 1_000_000_000) * 1_000.0).round() as u32;
        assert_eq!([at(0), at(20), at(30), at(60), at(6_000)], [100, 400, 550, 1_000, 1_000]);
    }

    #[test]
    fn a_share_is_about_that_share() {
        seeded::seed(7);
        let admitted = (0..10_000).filter(|_| draw(&random(0.3), 0)).count();
        assert!((2_700..3_300).contains(&admitted), "{admitted}");
        assert!((0..1_000).all(|_| draw(&random(1.0), 0) && draw(&all(), 0)));
    }

    #[test]
    fn a_panicking_function_admits() {
        assert!(draw(&custom(|_| panic!("contained")), 0));
    }
}

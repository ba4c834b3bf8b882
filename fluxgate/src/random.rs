//! Random numbers, for jitter and for permits.
//!
//! The generator is `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), with a state of
//! the library's own: the program's generators neither fix what breakers draw nor are disturbed by it. Replicas must not draw alike, or
//! they would all try again at the same moment. So the state is seeded once in each process, and each draw is mixed with what may differ
//! where the state does not: the process (after a fork, parent and children share a state), the breaker, and the time.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::Ordering;

use crate::sync::native::AtomicU64;

/// Where and when a number is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Draw {
    /// The breaker's address.
    pub(crate) breaker: usize,
    /// The breaker's time.
    pub(crate) now: u64,
}

impl Draw {
    /// A new number each time, at least 0 and less than 1.
    pub(crate) fn unit(self) -> f64 {
        #[cfg(any(test, feature = "test-util"))]
        if let Some(drawn) = seeded::draw() {
            return unit(drawn);
        }
        unit(self.mixed(process(), next()))
    }

    fn mixed(self, process: u32, drawn: u64) -> u64 {
        [self.breaker as u64, self.now, u64::from(process)]
            .into_iter()
            .fold(drawn, |mixed, part| mix(mixed ^ mix(part.wrapping_add(GAMMA))))
    }
}

/// The next number of the process.
fn next() -> u64 {
    static STATE: AtomicU64 = AtomicU64::new(0);
    mix(seed().wrapping_add(STATE.fetch_add(GAMMA, Ordering::Relaxed)).wrapping_add(GAMMA))
}

/// The seed of the process, chosen on first use.
fn seed() -> u64 {
    static SEED: AtomicU64 = AtomicU64::new(0);
    let seed = SEED.load(Ordering::Relaxed);
    if seed != 0 {
        return seed;
    }
    // A hasher of the standard library has keys from the operating system, if that has any to give.
    let chosen = RandomState::new().hash_one(process()).max(1);
    match SEED.compare_exchange(0, chosen, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => chosen,
        Err(earlier) => earlier,
    }
}

/// The process ID, which differs after a fork.
fn process() -> u32 {
    // Elsewhere, nothing forks, and asking for the ID may panic.
    if cfg!(unix) { std::process::id() } else { 0 }
}

/// How far the state moves with each number: the golden ratio.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The output of `SplitMix64` for a state.
const fn mix(state: u64) -> u64 {
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The 53 upper bits, as many as an `f64` holds.
fn unit(drawn: u64) -> f64 {
    const BITS: u32 = f64::MANTISSA_DIGITS;
    (drawn >> (u64::BITS - BITS)) as f64 / (1_u64 << BITS) as f64
}

/// Reproducible numbers, for tests.
#[cfg(any(test, feature = "test-util"))]
pub(crate) mod seeded {
    use std::cell::Cell;

    use super::{GAMMA, mix};

    thread_local! {
        static STATE: Cell<Option<u64>> = const { Cell::new(None) };
    }

    /// Seeds the random numbers that breakers draw on this thread, so that jitter and permits are the same each time.
    ///
    /// ```
    /// use fluxgate::{CircuitBreaker, retry, testing::seed, trip};
    /// use std::time::Duration;
    ///
    /// let pause = || {
    ///     let breaker = CircuitBreaker::builder("seeded")
    ///         .trip(trip::failure_streak(1))
    ///         .retry(retry::cooldown(Duration::from_secs(60)).jitter(0.5))
    ///         .clock(fluxgate::testing::ManualClock::new())
    ///         .build()?;
    ///     breaker.call(|| Err::<(), _>("down")).unwrap_err();
    ///     Ok::<_, fluxgate::ConfigError>(breaker.snapshot().retry_after)
    /// };
    /// seed(7);
    /// let first = pause()?;
    /// assert_ne!(pause()?, first);
    /// seed(7);
    /// assert_eq!(pause()?, first);
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn seed(seed: u64) {
        STATE.set(Some(seed));
    }

    pub(super) fn draw() -> Option<u64> {
        let state = STATE.get()?.wrapping_add(GAMMA);
        STATE.set(Some(state));
        Some(mix(state))
    }
}

#[cfg(test)]
mod tests {
    use super::{Draw, next, seeded, unit};
    use std::collections::HashSet;

    const DRAW: Draw = Draw { breaker: 0x5000, now: 7 };

    /// The reference implementation gives these for the seed 1234567: <https://prng.di.unimi.it/splitmix64.c>.
    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        seeded::seed(1_234_567);
        let drawn = [(); 3].map(|()| seeded::draw().unwrap());
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn a_unit_is_at_least_0_and_less_than_1() {
        assert_eq!((unit(0), unit(1 << 63)), (0.0, 0.5));
        assert!(unit(u64::MAX) < 1.0 && unit(u64::MAX) > 0.999);
    }

    #[test]
    fn numbers_are_spread_evenly() {
        for draw in [DRAW, Draw { breaker: 0, now: 0 }] {
            let mut tenths = [0; 10];
            for _ in 0..10_000 {
                tenths[(draw.unit() * 10.0) as usize] += 1;
            }
            assert!(tenths.iter().all(|count| (800..1_200).contains(count)), "{tenths:?}");
        }
    }

    /// Where a fork, another instance of a WebAssembly module, or a seed in the program makes states alike, something else keeps the
    /// draws apart.
    #[test]
    fn draws_that_share_a_state_differ_by_process_breaker_and_time() {
        let drawn = next();
        let mut seen = HashSet::new();
        for process in 0..10 {
            for breaker in (0..10).map(|nth| 0x7000_0000 + 320 * nth) {
                for now in 0..10 {
                    seen.insert(Draw { breaker, now }.mixed(process, drawn));
                }
            }
        }
        assert_eq!(seen.len(), 1_000);
        assert_ne!(next(), next());
    }

    #[test]
    fn the_generators_of_the_program_do_not_matter() {
        let ours = |seed| {
            fastrand::seed(seed);
            [(); 4].map(|()| DRAW.unit().to_bits())
        };
        assert_ne!(ours(7), ours(7), "its seed does not fix our numbers");
        fastrand::seed(7);
        let undisturbed = fastrand::u64(..);
        fastrand::seed(7);
        DRAW.unit();
        assert_eq!(fastrand::u64(..), undisturbed, "nor do we draw from it");
    }
}

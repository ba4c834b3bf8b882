//! Successes that count without being recorded.

use super::allowance::Allowance;
use super::stripes::Stripes;
use crate::engine::word::StateWord;
use crate::sync::{OnceBox, const_unless_model};

/// Counts fast successes for which the rule need not be evaluated: in the allowance of a count window, or the stripes of a time
/// window.
pub(crate) struct Unrecorded {
    pub(super) allowance: Allowance,
    stripes: OnceBox<Stripes>,
}

impl Unrecorded {
    const_unless_model! {
        pub(crate) const fn new() -> Self {
            Self { allowance: Allowance::none(), stripes: OnceBox::new() }
        }
    }

    /// Takes a fast success, which ended at `now`, of a call admitted under `word`. If it cannot, returns `false`, and the call must
    /// be recorded.
    #[inline]
    pub(crate) fn take(&self, word: StateWord, now: u64) -> bool {
        self.allowance.take(word) || self.stripes.get().is_some_and(|stripes| stripes.count(word, now))
    }

    /// The same, if the time does not matter.
    #[inline]
    pub(crate) fn take_undated(&self, word: StateWord) -> bool {
        self.allowance.take(word)
    }

    pub(super) fn stripes(&self) -> &Stripes {
        self.stripes.get_or_init(|| Box::new(Stripes::new()))
    }

    /// Closes the stripes, if there are any, and returns their count.
    pub(super) fn reclaim_stripes(&self) -> u64 {
        self.stripes.get().map_or(0, Stripes::reclaim)
    }
}

/// Reading a breaker's metrics reclaims everything, so these tests read seldom.
#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use crate::engine::word::StateWord;
    use crate::window::Window;
    use crate::{CircuitBreaker, Clock, trip, window};

    struct Hand(Arc<AtomicU64>);

    impl Clock for Hand {
        fn now(&self) -> Duration {
            Duration::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    /// Plays random calls to a breaker and to a plain list, `forget` saying what a list of `(time, failed)` forgets.
    /// `dated`: on a clock, without which a count window takes another way.
    fn play(window: Window, dated: bool, seed: u64, forget: impl Fn(&mut VecDeque<(u64, bool)>, u64)) {
        let mut random = fastrand::Rng::with_seed(seed);
        let time = Arc::new(AtomicU64::new(0));
        let rule = trip::min(1) & trip::failure_rate(1.0) & trip::failure_streak(1_000);
        let breaker = CircuitBreaker::builder("played").window(window).trip(rule);
        let breaker = if dated { breaker.clock(Hand(time.clone())) } else { breaker };
        let breaker = breaker.build().expect("a sound configuration");
        let mut list = VecDeque::new();
        let mut streak = 0;
        let failing = random.f64() * 0.3;
        for step in 0..3_000 {
            let now = time.load(Ordering::Relaxed);
            let failed = random.f64() < failing;
            let _ = breaker.call(|| if failed { Err(()) } else { Ok(()) });
            list.push_back((now, failed));
            streak = if failed { streak + 1 } else { 0 };
            forget(&mut list, now);
            if random.u8(..) < 5 {
                let metrics = breaker.metrics();
                let failures = list.iter().filter(|call| call.1).count();
                assert_eq!(
                    (metrics.total(), metrics.failures(), metrics.failure_streak()),
                    (list.len() as u64, failures as u64, streak),
                    "seed {seed}, step {step}"
                );
            }
            time.fetch_add(random.u64(..50), Ordering::Relaxed);
        }
    }

    #[test]
    fn a_count_window_agrees_with_a_list() {
        for seed in 0..60 {
            for size in [1, 2, 3, 63, 64, 65, 100, 128, 1_500] {
                play(window::count(size), seed % 2 == 0, seed, |list, _| {
                    list.drain(..list.len().saturating_sub(size));
                });
            }
        }
    }

    #[test]
    fn a_time_window_agrees_with_a_list() {
        for seed in 0..60 {
            play(window::time(Duration::from_secs(10)), true, seed, |list, now| {
                list.retain(|(then, _)| then / 1_000 + 10 > now / 1_000);
            });
        }
    }

    /// Which successes go unrecorded cannot be told from outside, for that is the point of it. But it must not be lost.
    fn after(window: Window, rule: trip::Rule, outcomes: &str, clock: impl Clock) -> CircuitBreaker {
        let builder = CircuitBreaker::builder("unrecorded").window(window).trip(rule).clock(clock);
        let breaker = builder.build().expect("a sound configuration");
        for outcome in outcomes.chars() {
            let call = breaker.acquire().expect("closed");
            if outcome == 'x' { call.failure() } else { call.success() }
        }
        breaker
    }

    #[test]
    fn a_full_count_window_grants_as_many_as_push_out_only_successes() {
        let granted = |size: usize, rule: trip::Rule, outcomes: &str| {
            let breaker = after(window::count(size), rule, outcomes, Hand(Arc::default()));
            let healthy = breaker.breaker().healthy.load(Ordering::Relaxed);
            let word = breaker.breaker().state.load(Ordering::Relaxed);
            (healthy == word, breaker.breaker().unrecorded.allowance.reclaim())
        };
        let rule = || trip::failure_streak(3);
        for (outcomes, expected) in [
            ("ooo", (false, 0)),
            ("oooo", (true, 0)),
            ("oooooooo", (true, 0)),
            ("xooo", (false, 0)),
            ("oxoo", (false, 1)),
            ("ooxo", (false, 2)),
            ("ooox", (false, 0)),
            ("oooxo", (false, 2)),
            ("xoxxoo", (false, 0)),
        ] {
            assert_eq!(granted(4, rule(), outcomes), expected, "{outcomes}");
        }
        // Over the ends of words, and of the ring.
        let long = "o".repeat(149) + "x" + &"o".repeat(50);
        assert_eq!(granted(200, rule(), &long), (false, 149));
        assert_eq!(granted(150, rule(), &long), (false, 99));
        // An average changes with every call, and a slow rate with none of these.
        let average = trip::min(4) & trip::avg_latency(Duration::from_secs(1)) | rule();
        assert_eq!(granted(4, average, "ooxo"), (false, 0));
        let slow = trip::min(4) & trip::slow_rate(1.0, Duration::from_secs(1)) | rule();
        assert_eq!(granted(4, slow, "ooxo"), (false, 2));
    }

    #[test]
    fn a_time_window_grants_the_rest_of_its_bucket_once_the_minimum_is_reached() {
        let window = window::time(Duration::from_secs(10));
        let counts = |outcomes: &str, millis: u64| {
            let rule = trip::min(3) & trip::failure_rate(1.0);
            let breaker = after(window, rule, outcomes, Hand(Arc::new(AtomicU64::new(7_500))));
            let word = StateWord(breaker.breaker().state.load(Ordering::Relaxed));
            breaker.breaker().unrecorded.take(word, millis * 1_000_000)
        };
        assert!(counts("ooo", 7_500) && counts("xooo", 7_999) && counts("ooooo", 0));
        assert!(!counts("ooo", 8_000), "the bucket is over");
        assert!(!counts("oo", 7_500), "one more may be what the rule waits for");
        assert!(!counts("ooox", 7_500), "one more ends the streak");
    }
}

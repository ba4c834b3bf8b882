//! A crowd: threads that come and go, each of which knows the calls it made.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::thread;

use fastrand::Rng;
use fluxgate::{Call, CircuitBreaker, Outcome, State};
use fluxgate_tests::fixture;

/// The outcomes reported for calls.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Tally {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
}

/// The calls that all threads have made, by how they ended.
#[derive(Default, Debug)]
pub(crate) struct Made {
    /// Successes and failures by the generation that admitted them, except those of a disabled breaker, which records none.
    pub(crate) generations: BTreeMap<u64, Tally>,
    pub(crate) ignored: u64,
    pub(crate) refused: u64,
}

impl Made {
    pub(crate) fn of(&self, generation: u64) -> Tally {
        self.generations.get(&generation).copied().unwrap_or_default()
    }

    /// The tally of all generations.
    pub(crate) fn all(&self) -> Tally {
        self.generations.values().fold(Tally::default(), |sum, tally| Tally {
            calls: sum.calls + tally.calls,
            failures: sum.failures + tally.failures,
        })
    }

    fn end(&mut self, call: Call<'_>, outcome: Outcome) {
        match (outcome, call.state()) {
            (_, State::Disabled) => {}
            (Outcome::Ignored, _) => self.ignored += 1,
            (Outcome::Success | Outcome::Failure, _) => {
                let tally = self.generations.entry(call.generation()).or_default();
                tally.calls += 1;
                tally.failures += u64::from(outcome == Outcome::Failure);
            }
        }
        call.record(outcome);
    }

    fn add(&mut self, other: Self) {
        for (generation, tally) in other.generations {
            let sum = self.generations.entry(generation).or_default();
            sum.calls += tally.calls;
            sum.failures += tally.failures;
        }
        self.ignored += other.ignored;
        self.refused += other.refused;
    }
}

/// How a crowd behaves.
#[derive(Clone, Debug)]
pub(crate) struct Crowd {
    pub(crate) seed: u64,
    /// How many threads run at once.
    pub(crate) threads: usize,
    /// How many waves of threads there are, each starting when the one before has ended.
    pub(crate) waves: usize,
    /// The most calls a thread makes. Some make few, so that thread numbers are reused while others run.
    pub(crate) calls: u64,
    /// The share of calls that fail.
    pub(crate) failing: f64,
    /// The longest run of calls with the same outcome.
    pub(crate) run: u64,
    /// The share of calls that end without an outcome.
    pub(crate) ignored: f64,
    /// The most calls a thread holds at once, so that they end in a different order than they began.
    pub(crate) held: usize,
    /// Whether threads inspect the breaker between their calls.
    pub(crate) looks: bool,
    /// Whether threads make a call while they end, when they may already have released their number.
    pub(crate) late: bool,
}

impl Crowd {
    pub(crate) fn drawn(seed: u64, random: &mut Rng) -> Self {
        let is_mob = random.u32(..25) == 0;
        let calls = if is_mob { 20 } else { [3, 60, 600][random.usize(..3)] };
        Self {
            seed,
            threads: if is_mob { random.usize(65..=90) } else { random.usize(1..=24) },
            waves: random.usize(1..=3),
            calls,
            failing: [0.0, 0.002, 0.05, 0.5, 1.0][random.usize(..5)],
            run: [1, 5, 100][random.usize(..3)],
            ignored: [0.0, 0.1][random.usize(..2)],
            held: [1, 1, 4][random.usize(..3)],
            looks: random.bool(),
            late: random.bool(),
        }
    }

    /// The most calls it makes.
    pub(crate) fn most_calls(&self) -> u64 {
        (self.threads * self.waves) as u64 * (self.calls + 1)
    }

    /// Makes its calls, and for each wave runs `beside` on one more thread. Returns once all threads have ended.
    pub(crate) fn play(&self, breaker: &CircuitBreaker, beside: impl Fn(usize) + Sync) -> Made {
        let made = Mutex::new(Made::default());
        for wave in 0..self.waves {
            fixture::together(self.threads + 1, |nth| {
                if nth == self.threads {
                    return beside(wave);
                }
                let own = self.play_alone(breaker, (wave * 1_000 + nth) as u64);
                made.lock().unwrap_or_else(PoisonError::into_inner).add(own);
            });
        }
        let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
        made.add(std::mem::take(&mut *LAST_CALLS.lock().unwrap_or_else(PoisonError::into_inner)));
        made
    }

    fn play_alone(&self, breaker: &CircuitBreaker, nth: u64) -> Made {
        let mut random = Rng::with_seed(self.seed << 20 | nth);
        let mut made = Made::default();
        if self.late {
            LAST.with_borrow_mut(|last| last.0 = Some(breaker.clone()));
        }
        let (mut held, mut fails, mut left) = (Vec::new(), false, 0);
        for _ in 0..random.u64(..=self.calls) {
            match breaker.acquire() {
                Ok(call) => held.push(call),
                Err(_) => made.refused += 1,
            }
            while held.len() > random.usize(..self.held) {
                if left == 0 {
                    (fails, left) = (random.f64() < self.failing, random.u64(1..=self.run));
                }
                left -= 1;
                let outcome = match fails {
                    _ if random.f64() < self.ignored => Outcome::Ignored,
                    true => Outcome::Failure,
                    false => Outcome::Success,
                };
                made.end(held.swap_remove(random.usize(..held.len())), outcome);
            }
            if random.u32(..200) == 0 {
                thread::yield_now();
            }
            if self.looks && random.u32(..50) == 0 {
                look(breaker);
            }
        }
        for call in held {
            made.end(call, Outcome::Success);
        }
        made
    }
}

/// Asserts that the figures are consistent at any time.
fn look(breaker: &CircuitBreaker) {
    let snapshot = breaker.snapshot();
    let metrics = snapshot.metrics;
    assert!(metrics.failures() <= metrics.total(), "{snapshot:?}");
    assert!(breaker.snapshot().late >= snapshot.late, "late calls never decrease");
}

thread_local! {
    static LAST: RefCell<Last> = const { RefCell::new(Last(None)) };
}

/// The outcomes of calls made by [`Last`]. Crowds play one after another.
static LAST_CALLS: Mutex<Made> = Mutex::new(Made { generations: BTreeMap::new(), ignored: 0, refused: 0 });

/// Makes a last call when its thread ends.
struct Last(Option<CircuitBreaker>);

impl Drop for Last {
    fn drop(&mut self) {
        let Some(breaker) = self.0.take() else { return };
        let mut made = LAST_CALLS.lock().unwrap_or_else(PoisonError::into_inner);
        match breaker.acquire() {
            Ok(call) => made.end(call, Outcome::Failure),
            Err(_) => made.refused += 1,
        }
    }
}

//! The breakers under test, and what is known about each from outside.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fluxgate::{Builder, Call, CircuitBreaker, Clock, Outcome, State, permit, retry, trip, window};

use crate::watch::Watch;

/// A clock that advances by microseconds, jumps by years, and sometimes goes back.
#[derive(Clone, Default)]
pub(crate) struct JumpyClock(Arc<AtomicU64>);

impl JumpyClock {
    pub(crate) fn jump(&self) {
        let now = self.0.load(Ordering::Relaxed);
        let next = match fastrand::u32(..1_000) {
            0 => now.saturating_add(Duration::from_secs(365 * 86_400).as_nanos() as u64),
            1..20 => now.saturating_sub(fastrand::u64(..1_000_000_000)),
            _ => now.saturating_add(fastrand::u64(..500_000)),
        };
        self.0.store(next, Ordering::Relaxed);
    }
}

impl Clock for JumpyClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// A clock that stands still, so a time window evicts nothing.
struct Still;

impl Clock for Still {
    fn now(&self) -> Duration {
        Duration::from_secs(1)
    }
}

pub(crate) struct Subject {
    pub(crate) breaker: CircuitBreaker,
    /// Whether it gets commands.
    pub(crate) commanded: bool,
    /// How many probes may run at once, if that is certain: not in a ramp.
    slots: Option<u64>,
    /// How many calls the window holds, if it evicts only by number.
    exact: Option<u64>,
    watch: Arc<Watch>,
    tallies: Mutex<HashMap<u64, Tally>>,
    /// Running probes.
    probes: Mutex<HashMap<u64, u64>>,
    pub(crate) asked: AtomicU64,
    pub(crate) refused: AtomicU64,
}

/// The reported outcomes of one generation's calls.
#[derive(Clone, Copy, Default)]
struct Tally {
    total: u64,
    failures: u64,
}

pub(crate) fn all(clock: &JumpyClock) -> Vec<Arc<Subject>> {
    let jumpy = |name: &'static str| CircuitBreaker::builder(name).clock(clock.clone());
    // Never trips and has no minimum, so successes need not be recorded one by one.
    let never = trip::closed() & trip::failure_streak(u32::MAX) | trip::half_open() & trip::failures(1);
    let still = |name: &'static str| CircuitBreaker::builder(name).clock(Still).trip(never.clone());
    let millisecond = Duration::from_millis(1);
    vec![
        subject(
            jumpy("rate")
                .trip(trip::min(10) & trip::failure_rate(0.5))
                .retry(retry::cooldown(millisecond).jitter(0.5))
                .permit(permit::all())
                .max_half_open_calls(3),
            Some(3),
            None,
        ),
        subject(
            jumpy("single probe")
                .trip(trip::closed() & trip::failure_streak(3) | trip::half_open() & trip::failures(1))
                .retry(retry::always())
                .permit(permit::random(0.5))
                .max_half_open_calls(1)
                .half_open_timeout(Duration::from_secs(1)),
            Some(1),
            None,
        ),
        subject(
            jumpy("time and ramp")
                .window(window::time(Duration::from_secs(1)))
                .trip(
                    trip::min(5) & (trip::failure_rate(0.3) | trip::slow_rate(0.5, millisecond))
                        | trip::min(5) & trip::custom(|metrics| metrics.failures() % 7 == 6),
                )
                .retry(retry::backoff(millisecond).jitter(0.2))
                .permit(permit::ramp_up(0.2, 1.0, Duration::from_millis(50))),
            None,
            None,
        ),
        subject(still("count ledger").window(window::count(1_000_000)), None, Some(1_000_000)),
        subject(still("short ledger").window(window::count(64)), None, Some(64)),
        subject(still("time ledger").window(window::time(Duration::from_secs(3_600))), None, Some(u64::MAX)),
    ]
}

fn subject(builder: Builder, slots: Option<u64>, exact: Option<u64>) -> Arc<Subject> {
    let watch = Arc::new(Watch::default());
    let breaker = builder.listener(watch.listener()).build().expect("the settings make sense");
    Arc::new(Subject {
        breaker,
        commanded: exact.is_none(),
        slots,
        exact,
        watch,
        tallies: Mutex::default(),
        probes: Mutex::default(),
        asked: AtomicU64::new(0),
        refused: AtomicU64::new(0),
    })
}

impl Subject {
    /// Notes an admitted call.
    pub(crate) fn admitted(&self, call: &Call<'_>) {
        if let (State::HalfOpen, Some(slots)) = (call.state(), self.slots) {
            let mut probes = self.probes.lock().unwrap();
            let running = probes.entry(call.generation()).or_default();
            *running += 1;
            if *running > slots {
                self.watch.fault(format!("{running} probes where {slots} are allowed"));
            }
        }
    }

    /// Notes the outcome of a call admitted in this state and generation, just before it is recorded.
    pub(crate) fn finished(&self, state: State, generation: u64, outcome: Outcome) {
        if state == State::HalfOpen && self.slots.is_some() {
            let mut probes = self.probes.lock().unwrap();
            if let Some(running) = probes.get_mut(&generation) {
                *running -= 1;
                if *running == 0 {
                    probes.remove(&generation);
                }
            }
        }
        if self.exact.is_some() && outcome != Outcome::Ignored {
            let mut tallies = self.tallies.lock().unwrap();
            let tally = tallies.entry(generation).or_default();
            tally.total += 1;
            tally.failures += u64::from(outcome == Outcome::Failure);
        }
    }

    pub(crate) fn report(&self) -> String {
        let snapshot = self.breaker.snapshot();
        format!(
            "{:>14}: {:>9} calls, {:>9} refused, {:>7} late, {:>7} transitions, now {}",
            snapshot.name,
            self.asked.load(Ordering::Relaxed),
            self.refused.load(Ordering::Relaxed),
            snapshot.late,
            self.watch.transitions(),
            snapshot.state,
        )
    }

    /// The faults found while nothing is running.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = self.watch.faults();
        let name = self.breaker.name();
        if let Some(size) = self.exact {
            let generation = self.breaker.acquire().map(|call| call.generation()).unwrap_or_default();
            let made = self.tallies.lock().unwrap().get(&generation).copied().unwrap_or_default();
            let metrics = self.breaker.metrics();
            if metrics.total() != made.total.min(size) {
                faults.push(format!("{name}: {} calls made, {} recorded", made.total, metrics.total()));
            }
            if made.total <= size && metrics.failures() != made.failures {
                faults.push(format!("{name}: {} failed, {} recorded", made.failures, metrics.failures()));
            }
        }
        if self.slots.is_some() && !self.probes.lock().unwrap().is_empty() {
            faults.push(format!("{name}: a probe was never finished"));
        }
        faults
    }
}

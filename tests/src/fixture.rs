//! A breaker on a manual clock, and everything its listeners heard.

use std::panic::resume_unwind;
use std::sync::{Arc, Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{
    Builder, CallNotPermitted, CircuitBreaker, Outcome, Reason, State, Transition, permit, trip, window,
};

/// Seconds, as the tests count time.
pub const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Milliseconds, as the tests count calls.
pub const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Microseconds, as the tests count waits.
pub const fn micros(count: u64) -> Duration {
    Duration::from_micros(count)
}

/// One at a time: tests that look at all breakers of the process, and tests that expect a breaker to be gone, since a list keeps its
/// breakers alive.
pub fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `work` on this many threads, which start together and each get their number.
///
/// The threads are joined one by one: a race detector does not see how a scope waits for threads that are not joined.
pub fn together(threads: usize, work: impl Fn(usize) + Sync) {
    let barrier = Barrier::new(threads);
    thread::scope(|scope| {
        let begin = |nth| {
            let (barrier, work) = (&barrier, &work);
            scope.spawn(move || {
                barrier.wait();
                work(nth);
            })
        };
        let started: Vec<_> = (0..threads).map(begin).collect();
        for thread in started {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
}

/// A breaker of this name on a clock of its own: `count(10)`, `min(10) & failure_rate(0.5)` and all probes permitted, unless
/// configured otherwise.
pub fn built(
    name: &'static str,
    configure: impl FnOnce(Builder) -> Builder,
) -> (CircuitBreaker, ManualClock) {
    let clock = ManualClock::new();
    let builder = CircuitBreaker::builder(name)
        .window(window::count(10))
        .trip(trip::min(10) & trip::failure_rate(0.5))
        .permit(permit::all())
        .clock(clock.clone());
    (configure(builder).build().expect("valid"), clock)
}

/// Makes calls with this outcome.
pub fn calls(breaker: &CircuitBreaker, outcome: Outcome, times: usize) {
    for _ in 0..times {
        breaker.acquire().expect("admitted").record(outcome);
    }
}

/// The transitions a listener heard.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<Transition>>>);

impl Heard {
    /// A listener that records what it hears.
    pub fn listener(&self) -> impl Fn(&Transition) + Send + Sync + 'static {
        let heard = self.clone();
        move |transition: &Transition| heard.push(transition.clone())
    }

    pub fn push(&self, transition: Transition) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(transition);
    }

    pub fn all(&self) -> Vec<Transition> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All but the first `first`.
    pub fn after(&self, first: usize) -> Vec<Transition> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[first..].to_vec()
    }

    /// From where to where.
    pub fn steps(&self) -> Vec<(State, State)> {
        self.all().iter().map(|transition| (transition.from, transition.to)).collect()
    }

    pub fn last(&self) -> Transition {
        self.all().pop().expect("no transition was heard")
    }

    pub fn reasons(&self) -> Vec<Reason> {
        self.all().into_iter().map(|transition| transition.reason).collect()
    }
}

/// A breaker on a manual clock, and everything its listeners heard.
pub struct Fixture {
    pub breaker: CircuitBreaker,
    pub clock: ManualClock,
    pub heard: Heard,
}

impl Fixture {
    /// With `count(10)`, `min(10) & failure_rate(0.5)`, a cooldown of a minute and all probes permitted, unless
    /// configured otherwise.
    pub fn new(configure: impl FnOnce(Builder) -> Builder) -> Self {
        let clock = ManualClock::new();
        let heard = Heard::default();
        let builder = CircuitBreaker::builder("fixture")
            .window(window::count(10))
            .trip(trip::min(10) & trip::failure_rate(0.5))
            .permit(permit::all())
            .clock(clock.clone())
            .listener(heard.listener());
        let breaker = configure(builder).build().expect("a fixture's configuration is valid");
        Self { breaker, clock, heard }
    }

    pub fn with_rule(rule: trip::Rule) -> Self {
        Self::new(|builder| builder.trip(rule))
    }

    pub fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    /// One call with the given outcome and duration; whether it was admitted.
    pub fn call(&self, outcome: Outcome, duration: Duration) -> Result<(), CallNotPermitted> {
        let call = self.breaker.acquire()?;
        self.clock.advance(duration);
        call.record(outcome);
        Ok(())
    }

    /// Calls that succeed at once.
    #[track_caller]
    pub fn succeed(&self, times: usize) {
        self.repeat(Outcome::Success, times);
    }

    /// Calls that fail at once.
    #[track_caller]
    pub fn fail(&self, times: usize) {
        self.repeat(Outcome::Failure, times);
    }

    /// Successful calls of the given duration.
    #[track_caller]
    pub fn succeed_in(&self, duration: Duration, times: usize) {
        for _ in 0..times {
            self.call(Outcome::Success, duration).expect("the call should be admitted");
        }
    }

    /// Failing calls of the given duration.
    #[track_caller]
    pub fn fail_in(&self, duration: Duration, times: usize) {
        for _ in 0..times {
            self.call(Outcome::Failure, duration).expect("the call should be admitted");
        }
    }

    #[track_caller]
    fn repeat(&self, outcome: Outcome, times: usize) {
        for nth in 1..=times {
            if let Err(refusal) = self.call(outcome, Duration::ZERO) {
                panic!("call {nth} of {times} should be admitted: {refusal}");
            }
        }
    }

    /// Fails calls until the breaker is open.
    #[track_caller]
    pub fn trip(&self) {
        for _ in 0..1_000_000 {
            if self.call(Outcome::Failure, Duration::ZERO).is_err() {
                assert_eq!(self.state(), State::Open);
                return;
            }
            if self.state() == State::Open {
                return;
            }
        }
        panic!("a million failures did not trip it");
    }

    /// Brings the breaker to the point where its next call starts a trial.
    pub fn before_trial(&self) {
        self.trip();
        self.wait();
    }

    /// Waits until the open breaker would retry.
    #[track_caller]
    pub fn wait(&self) {
        let left = self.breaker.snapshot().retry_after.expect("the breaker should be waiting to retry");
        self.clock.advance(left);
    }

    pub fn state(&self) -> State {
        self.breaker.state()
    }

    /// Total and failures.
    pub fn counts(&self) -> (u64, u64) {
        let metrics = self.breaker.metrics();
        (metrics.total(), metrics.failures())
    }

    #[track_caller]
    pub fn refusal(&self) -> CallNotPermitted {
        self.breaker.acquire().map(fluxgate::Call::ignore).expect_err("the call should be refused")
    }
}

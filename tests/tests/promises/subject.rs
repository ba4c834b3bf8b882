//! What is tested: the breaker, or its naive model.

use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Clock, State};
use fluxgate_tests::fixture::Heard;
use fluxgate_tests::reference::{self, Ending, Event, Reference};

use crate::configuration::Configuration;

/// Each step passes the time, which never goes back.
pub(crate) trait Subject {
    type Call;

    fn acquire(&mut self, now: Duration) -> Option<Self::Call>;
    fn finish(&mut self, now: Duration, call: Self::Call, ending: Ending);
    fn force_open(&mut self, now: Duration);
    fn reset(&mut self, now: Duration);
    fn state(&self) -> State;
    /// The transitions after the first `first`.
    fn events_after(&self, first: usize) -> Vec<Event>;
}

/// A breaker on a manual clock.
pub(crate) struct Real<'a> {
    breaker: &'a CircuitBreaker,
    clock: ManualClock,
    heard: Heard,
}

impl Real<'_> {
    pub(crate) fn with<R>(configuration: &Configuration, test: impl FnOnce(Real<'_>) -> R) -> R {
        let (clock, heard) = (ManualClock::new(), Heard::default());
        let builder = configuration.builder().clock(clock.clone()).listener(heard.listener());
        let breaker = builder.build().expect("it is accepted");
        test(Real { breaker: &breaker, clock, heard })
    }

    fn tell(&self, now: Duration) {
        self.clock.advance(now - self.clock.now());
    }
}

impl<'a> Subject for Real<'a> {
    type Call = fluxgate::Call<'a>;

    fn acquire(&mut self, now: Duration) -> Option<Self::Call> {
        self.tell(now);
        self.breaker.acquire().ok()
    }

    fn finish(&mut self, now: Duration, call: Self::Call, ending: Ending) {
        self.tell(now);
        match ending {
            Ending::Reported(outcome) => call.record(outcome),
            Ending::Asking(pause) => call.failure_for(pause),
            Ending::Cancelled => drop(call),
        }
    }

    fn force_open(&mut self, now: Duration) {
        self.tell(now);
        self.breaker.force_open();
    }

    fn reset(&mut self, now: Duration) {
        self.tell(now);
        self.breaker.reset();
    }

    fn state(&self) -> State {
        self.breaker.state()
    }

    fn events_after(&self, first: usize) -> Vec<Event> {
        self.heard.after(first).iter().map(Event::from).collect()
    }
}

/// The model, with its own luck where shares are drawn.
pub(crate) struct Modelled {
    model: Reference,
    luck: fastrand::Rng,
}

impl Modelled {
    pub(crate) fn new(configuration: &Configuration) -> Self {
        let model = Reference::new(configuration.settings.clone(), Duration::ZERO);
        Self { model, luck: fastrand::Rng::with_seed(configuration.number) }
    }
}

impl Subject for Modelled {
    type Call = reference::Call;

    fn acquire(&mut self, now: Duration) -> Option<Self::Call> {
        let lucky = self.luck.f64() < self.model.share(now);
        self.model.acquire(now, lucky, lucky).ok()
    }

    fn finish(&mut self, now: Duration, call: Self::Call, ending: Ending) {
        self.model.finish(now, call, ending);
    }

    fn force_open(&mut self, now: Duration) {
        self.model.command(now, State::ForcedOpen);
    }

    fn reset(&mut self, now: Duration) {
        self.model.command(now, State::Closed);
    }

    fn state(&self) -> State {
        self.model.state
    }

    fn events_after(&self, first: usize) -> Vec<Event> {
        self.model.events[first..].to_vec()
    }
}

//! A breaker to which arbitrary things happen.

use std::future::Future as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use fastrand::Rng;
use fluxgate::testing::{ManualClock, Recorder};
use fluxgate::{
    Builder, Changes, CircuitBreaker, Clock as _, Event, Fault, Interests, Outcome, OwnedCall, Reason, Saved,
    State, permit, retry, trip, window,
};
use fluxgate_tests::fixture::{millis, seconds};

use crate::ledger::{Heard, Ledger};
use crate::log::Line;

/// What kind of breakers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Shape {
    Plain,
    Counting,
    Keyed,
}

impl Shape {
    pub(crate) const ALL: [Self; 3] = [Self::Plain, Self::Counting, Self::Keyed];
}

/// What a listener has to hear to know of each generation and each refusal.
pub(crate) fn interests() -> Interests {
    Interests::transitions().resets().refusals()
}

pub(crate) struct Subject {
    pub(crate) breaker: CircuitBreaker,
    pub(crate) clock: ManualClock,
    pub(crate) ledger: Ledger,
    recorder: Recorder,
    heard: Heard,
    /// How much of what was heard the ledger has taken.
    taken: usize,
    running: Vec<OwnedCall>,
    saved: Option<Saved>,
}

impl Subject {
    /// The breakers of this shape, with arbitrary settings.
    pub(crate) fn of_shape(shape: Shape, name: &str, rng: &mut Rng) -> Vec<Self> {
        let (clock, recorder) = (ManualClock::new(), Recorder::new());
        clock.advance(seconds(rng.u64(0..3)));
        let counts = shape != Shape::Plain;
        let heard = Heard::new(if counts { interests().calls() } else { interests() });
        let builder = configured(CircuitBreaker::builder(name.to_owned()), rng)
            .clock(clock.clone())
            .listener(recorder.clone())
            .listener(heard.clone());
        let breakers = if shape == Shape::Keyed {
            let family = builder.keyed().build().expect("valid");
            // A breaker that somebody holds is not evicted.
            vec![family.get("a.example"), family.get("b.example")]
        } else {
            vec![builder.build().expect("valid")]
        };
        let subject = |breaker: CircuitBreaker| Self {
            breaker,
            ledger: Ledger::new(clock.now(), counts),
            clock: clock.clone(),
            recorder: recorder.clone(),
            heard: heard.clone(),
            taken: 0,
            running: Vec::new(),
            saved: None,
        };
        breakers.into_iter().map(subject).collect()
    }

    /// The first call, from which time is counted.
    pub(crate) fn first_call(&mut self) {
        self.call(false);
    }

    /// Does something to the breaker. Returns what.
    pub(crate) fn step(&mut self, rng: &mut Rng) -> String {
        let what = rng.u32(0..60);
        match what {
            0..=5 => self.clock.advance(millis(rng.u64(0..3_000))),
            6 => self.clock.advance(seconds(rng.u64(0..90))),
            7..=18 => {
                let outcome = outcome(rng);
                let took = millis(rng.u64(0..400));
                if let Some(call) = self.begin() {
                    self.clock.advance(took);
                    self.end(call, Some(outcome));
                }
            }
            19..=25 => {
                let call = self.begin();
                self.running.extend(call);
            }
            26..=30 if !self.running.is_empty() => {
                let call = self.running.swap_remove(rng.usize(..self.running.len()));
                self.end(call, Some(outcome(rng)));
            }
            31 | 32 if !self.running.is_empty() => {
                let call = self.running.swap_remove(rng.usize(..self.running.len()));
                self.end(call, None);
            }
            33 | 34 => self.panic(),
            35 | 36 => self.poll_once(rng),
            37 | 38 => self.nest(rng),
            39..=41 => self.record(outcome(rng), millis(rng.u64(0..400))),
            42 | 43 => self.breaker.reset(),
            44 => self.breaker.force_open(),
            45 => self.breaker.disable(),
            46 => self.breaker.metrics_only(),
            47 => self.breaker.trip(),
            48 => self.breaker.open_for(seconds(rng.u64(0..20))),
            49 => self.breaker.half_open(),
            50 | 51 => drop(self.breaker.reconfigure(&changes(rng))),
            52 => self.saved = self.breaker.snapshot().saved(),
            53 => {
                if let Some(saved) = &self.saved {
                    self.breaker.restore(saved).expect("its own");
                }
            }
            54 => self.breaker.inject(Fault::lasting(seconds(20)).fail(rng.f64())).expect("valid"),
            55 => self.breaker.clear_fault(),
            _ => self.call(outcome(rng) == Outcome::Failure),
        }
        format!("of kind {what}")
    }

    /// Cancels the calls that still run.
    pub(crate) fn cancel_all(&mut self) {
        for call in std::mem::take(&mut self.running) {
            self.end(call, None);
        }
    }

    fn begin(&mut self) -> Option<OwnedCall> {
        let call = self.breaker.acquire_owned();
        if let Err(refusal) = &call {
            self.refused(refusal.is_injected());
        }
        call.ok()
    }

    /// A call was not made, because the breaker refused it or a fault failed it.
    fn refused(&mut self, is_injected: bool) {
        if is_injected {
            self.ledger.end(Outcome::Failure, false);
        } else {
            self.ledger.done.refused += 1;
        }
    }

    /// Ends a call, or drops it if there is no outcome.
    fn end(&mut self, call: OwnedCall, outcome: Option<Outcome>) {
        let (state, generation) = (call.state(), call.generation());
        let is_late = self.generation().is_some_and(|current| current != generation);
        let known = self.heard.events().len();
        match outcome {
            Some(outcome) => call.record(outcome),
            None => drop(call),
        }
        if state == State::Disabled {
            return;
        }
        self.ledger.done.cancelled += u64::from(outcome.is_none());
        // An outcome that finds the trial hung re-opens the breaker, and comes too late.
        self.ledger.end(outcome.unwrap_or(Outcome::Ignored), is_late || self.timed_out_since(known));
    }

    fn generation(&self) -> Option<u64> {
        self.heard.generation(self.breaker.name())
    }

    fn timed_out_since(&self, known: usize) -> bool {
        self.heard.events()[known..].iter().any(
            |event| matches!(event, Event::Transition(change) if change.reason == Reason::HalfOpenTimeout),
        )
    }

    fn call(&mut self, fails: bool) {
        let result = self.breaker.call(|| if fails { Err(()) } else { Ok(()) });
        self.returned(result, false);
    }

    /// A call returned.
    fn returned(&mut self, result: Result<(), fluxgate::Error<()>>, is_late: bool) {
        let outcome = match result {
            Err(fluxgate::Error::NotPermitted(refusal)) => return self.refused(refusal.is_injected()),
            Err(fluxgate::Error::Inner(())) => Outcome::Failure,
            Ok(()) => Outcome::Success,
        };
        // The ledger's state is the one before this step.
        if self.ledger.state != State::Disabled {
            self.ledger.end(outcome, is_late);
        }
    }

    fn panic(&mut self) {
        let call = || self.breaker.call(|| -> Result<(), ()> { resume_unwind(Box::new(())) });
        match catch_unwind(AssertUnwindSafe(call)) {
            Ok(result) => self.returned(result, false),
            Err(_) if self.ledger.state == State::Disabled => {}
            Err(_) => {
                self.ledger.done.panicked += 1;
                self.ledger.end(Outcome::Failure, false);
            }
        }
    }

    /// A future is polled once, and perhaps cancelled.
    fn poll_once(&mut self, rng: &mut Rng) {
        let (breaker, fails, pends) = (self.breaker.clone(), rng.bool(), rng.bool());
        let body = async {
            if pends {
                std::future::pending::<()>().await;
            }
            if fails { Err(()) } else { Ok(()) }
        };
        let polled = pin!(breaker.call_async(body)).poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Ready(result) => self.returned(result, false),
            Poll::Pending if self.ledger.state == State::Disabled => {}
            Poll::Pending => {
                self.ledger.done.cancelled += 1;
                self.ledger.end(Outcome::Ignored, false);
            }
        }
    }

    /// A call within a call, which succeeds.
    fn nest(&mut self, rng: &mut Rng) {
        let fails = rng.bool();
        let mut seen = None;
        let result = self.breaker.call(|| {
            let (state, before) = (self.breaker.state(), self.generation());
            let inner = self.breaker.call(|| if fails { Err(()) } else { Ok(()) });
            seen = Some((state, inner, self.generation() != before));
            Ok(())
        });
        let Some((state, inner, is_late)) = seen else { return self.returned(result, false) };
        // In a trial, it is part of the outer one.
        let is_part = state == State::HalfOpen && !matches!(inner, Err(fluxgate::Error::NotPermitted(_)));
        if !is_part {
            self.returned(inner, false);
        }
        self.returned(result, is_late);
    }

    fn record(&mut self, outcome: Outcome, took: Duration) {
        let known = self.heard.events().len();
        let records = matches!(self.ledger.state, State::Closed | State::HalfOpen | State::MetricsOnly);
        self.breaker.record(outcome, took);
        if records {
            self.ledger.end(outcome, self.timed_out_since(known));
        }
    }

    /// Asserts that all who watch each step agree.
    #[track_caller]
    pub(crate) fn agree(&mut self, written: &[Line], streamed: &[Event], place: &str) {
        let (name, now) = (self.breaker.name(), self.clock.now());
        let heard = self.heard.events().clone();
        // Breakers of a family share their listeners.
        let new: Vec<Event> =
            heard[self.taken..].iter().filter(|event| event.breaker() == name).cloned().collect();
        self.taken = heard.len();
        for event in &new {
            self.ledger.hear(event, place);
        }
        let texts = |events: &[Event]| events.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts(streamed), texts(&new), "the stream and the listener, {place}");
        agree_on_the_log(written, &new, place);

        let (breaker, ledger) = (&self.breaker, &mut self.ledger);
        let snapshot = breaker.snapshot();
        // What is slow depends on the rule of the moment.
        assert!(snapshot.totals.slow >= ledger.done.slow, "slow, {place}");
        ledger.done.slow = snapshot.totals.slow;
        assert_eq!(snapshot.totals, ledger.done, "{place}");
        assert_eq!((snapshot.state, breaker.state()), (ledger.state, ledger.state), "{place}");
        assert_eq!(snapshot.since, now.saturating_sub(ledger.since), "since, {place}");
        assert_eq!(snapshot.rejected, ledger.rejected, "rejected, {place}");
        assert_eq!(snapshot.late, ledger.done.late, "late, {place}");
        assert_eq!(snapshot.metrics, breaker.metrics(), "{place}");
        for (state, spent) in snapshot.spent.iter() {
            assert_eq!(spent, ledger.spent(state, now), "{state}, {place}");
        }
        assert_eq!(recorded(&self.recorder, name), ledger.transitions.values().sum::<u64>(), "{place}");
        if let (Some(successes), Some(ignored)) = (ledger.done.successes, ledger.done.ignored) {
            let done = successes + ignored + ledger.done.failures + ledger.done.late;
            assert_eq!(ledger.ended, done, "each end of a call is heard once, {place}");
        }
    }
}

/// How many transitions of this breaker a recorder, which hears no resets, has recorded.
fn recorded(recorder: &Recorder, name: &str) -> u64 {
    let transitions = recorder.transitions();
    transitions.iter().filter(|transition| transition.breaker == *name).count() as u64
}

#[track_caller]
fn agree_on_the_log(written: &[Line], events: &[Event], place: &str) {
    let lines = written.iter().filter(|line| !line.message.contains("injected fault"));
    let lines: Vec<_> = lines.map(|line| (&*line.breaker, line.states.clone(), &*line.reason)).collect();
    let reasons: Vec<_> = events
        .iter()
        .map(|event| match event {
            Event::Transition(transition) => transition.reason.to_string(),
            _ => String::new(),
        })
        .collect();
    let expected: Vec<_> = events
        .iter()
        .zip(&reasons)
        .filter_map(|(event, reason)| match event {
            Event::Transition(change) if change.from == change.to && change.reason == Reason::Reset => None,
            Event::Transition(change) => {
                let states = (change.from.as_str().to_owned(), change.to.as_str().to_owned());
                Some((change.breaker.as_str(), Some(states), &**reason))
            }
            Event::Refused(call) => Some((call.breaker.as_str(), None, "")),
            _ => None,
        })
        .collect();
    assert_eq!(lines, expected, "the log and the listener, {place}");
}

fn outcome(rng: &mut Rng) -> Outcome {
    match rng.u32(0..10) {
        0..=5 => Outcome::Success,
        6..=8 => Outcome::Failure,
        _ => Outcome::Ignored,
    }
}

fn configured(builder: Builder, rng: &mut Rng) -> Builder {
    builder
        .window(any_window(rng))
        .trip(rule(rng))
        .retry(any_retry(rng))
        .permit(any_permit(rng))
        .max_half_open_calls(rng.u32(1..6))
        .half_open_timeout(seconds(rng.u64(1..30)))
}

fn changes(rng: &mut Rng) -> Changes {
    let changes = Changes::new();
    match rng.u32(0..5) {
        0 => changes.trip(rule(rng)),
        1 => changes.retry(any_retry(rng)),
        2 => changes.permit(any_permit(rng)),
        3 => changes.window(any_window(rng)),
        _ => changes.max_half_open_calls(rng.u32(1..6)),
    }
}

fn any_window(rng: &mut Rng) -> window::Window {
    if rng.bool() { window::count(rng.usize(5..30)) } else { window::time(seconds(rng.u64(2..60))) }
}

fn rule(rng: &mut Rng) -> trip::Rule {
    match rng.u32(0..6) {
        0 => trip::min(4) & trip::failure_rate(0.5),
        1 => trip::failure_streak(3),
        2 => trip::min(3) & (trip::failure_rate(0.6) | trip::slow_rate(0.5, millis(200))),
        3 => trip::min(3) & trip::avg_latency(millis(250)) | trip::failures(4),
        4 => trip::min(4) & trip::failure_rate(0.7) | trip::in_flight(6),
        _ => trip::min(2) & trip::custom(|metrics| metrics.failures() >= 2) | trip::failing_for(seconds(30)),
    }
}

fn any_retry(rng: &mut Rng) -> retry::Retry {
    match rng.u32(0..5) {
        0 => retry::never(),
        1 => retry::always(),
        2 => retry::backoff(seconds(1)),
        3 => retry::custom(|reopens| seconds(u64::from(reopens) + 1)),
        _ => retry::cooldown(seconds(5)),
    }
}

fn any_permit(rng: &mut Rng) -> permit::Permit {
    match rng.u32(0..4) {
        0 => permit::random(0.5),
        1 => permit::custom(|_| true),
        2 => permit::ramp_up(0.1, 1.0, seconds(10)),
        _ => permit::all(),
    }
}

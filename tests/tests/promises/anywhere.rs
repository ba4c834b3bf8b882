//! The promises hold from wherever a breaker has come to: by commands, other settings, what was saved, outcomes without a call, calls
//! that hang, are given up or say nothing, and a clock that loses its way.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use fluxgate::testing::ManualClock;
use fluxgate::{Call, Changes, CircuitBreaker, Clock, OnCancel, Outcome, Saved, State};
use fluxgate_tests::fixture::{Heard, seconds};
use fluxgate_tests::reference::{Permit, Window};

use crate::bounds::{Bounds, Fate};
use crate::configuration::{Configuration, Death, MOST_GAPS, asks_how_long};

/// What was put to the test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Put {
    /// The settings are refused, or wait for a command.
    Nothing,
    Healthy,
    Dead,
    /// The rule does not see a service that dies, or not soon.
    Unseen,
}

/// A healthy service has its traffic back when this many calls in a row are admitted.
const TRAFFIC: u32 = 700;
/// More than any recovery takes.
const MOST_STEPS: u32 = 400_000;

/// A clock that may show anything for a while.
#[derive(Clone, Default)]
struct Unsteady {
    honest: ManualClock,
    shows: Arc<Mutex<Option<Shown>>>,
}

#[derive(Clone, Copy)]
enum Shown {
    Time(Duration),
    Panic,
}

impl Unsteady {
    fn advance(&self, duration: Duration) {
        self.honest.advance(duration);
    }

    fn show(&self, shown: Option<Shown>) {
        *self.shows.lock().expect("nobody panics under it") = shown;
    }
}

impl Clock for Unsteady {
    fn now(&self) -> Duration {
        let shown = *self.shows.lock().expect("nobody panics under it");
        match shown {
            None => self.honest.now(),
            Some(Shown::Time(time)) => time,
            Some(Shown::Panic) => resume_unwind(Box::new("contained")),
        }
    }
}

struct Wanderer<'a> {
    configuration: &'a Configuration,
    breaker: &'a CircuitBreaker,
    clock: Unsteady,
    heard: Heard,
    held: Vec<Call<'a>>,
    saved: Option<Saved>,
}

/// Leads a breaker somewhere, gives it these settings, and puts it to the test.
pub(crate) fn run(number: u64) -> Put {
    let configuration = &Configuration::draw(number);
    let (clock, heard) = (Unsteady::default(), Heard::default());
    let built = configuration.builder().clock(clock.clone()).listener(heard.listener()).build();
    let (Ok(breaker), Some(_)) = (built, configuration.settings.retry.longest()) else { return Put::Nothing };
    let (breaker, settings) = (&breaker, breaker.settings());
    let mut wanderer = Wanderer { configuration, breaker, clock, heard, held: Vec::new(), saved: None };
    let rng = &mut Rng::with_seed(!number);
    for _ in 0..rng.u32(1..150) {
        wanderer.step(rng);
    }
    wanderer.clock.show(None);
    breaker.reconfigure(&settings).expect("it was made with them");
    if matches!(breaker.state(), State::MetricsOnly | State::Disabled | State::ForcedOpen) {
        breaker.reset();
    }
    if rng.bool() {
        // The calls still held hang forever.
        wanderer.held.drain(..).for_each(std::mem::forget);
    }
    if rng.bool() { wanderer.recovers(rng) } else { wanderer.dies(rng) }
}

/// As likely to be short as to be long.
fn time(rng: &mut Rng, longest: Duration) -> Duration {
    Duration::from_nanos((longest.as_nanos() as f64).powf(rng.f64()) as u64).min(longest)
}

fn others(rng: &mut Rng) -> Configuration {
    Configuration::draw(rng.u64(0..1 << 40))
}

impl Wanderer<'_> {
    fn step(&mut self, rng: &mut Rng) {
        match rng.u32(0..100) {
            0..=34 => self.held.extend(self.breaker.acquire()),
            35..=64 if !self.held.is_empty() => {
                let call = self.held.swap_remove(rng.usize(0..self.held.len()));
                match rng.u32(0..10) {
                    0..=2 => call.failure(),
                    3..=5 => call.success(),
                    6 => call.ignore(),
                    7 | 8 => drop(call),
                    _ => call.failure_for(time(rng, seconds(5))),
                }
            }
            65..=84 => {
                let timeout = self.configuration.settings.half_open_timeout();
                let longest = [self.configuration.gap * 10, timeout * 2, seconds(700)][rng.usize(0..3)];
                self.clock.advance(time(rng, longest));
            }
            85..=88 => {
                let outcome = if rng.bool() { Outcome::Failure } else { Outcome::Success };
                for _ in 0..rng.u32(1..10) {
                    self.breaker.record(outcome, time(rng, seconds(1)));
                }
            }
            89 => {
                self.clock.show(Some(match rng.u32(0..5) {
                    0 => Shown::Panic,
                    1 => Shown::Time(Duration::MAX),
                    2 => Shown::Time(Duration::ZERO),
                    3 => Shown::Time(self.clock.honest.now() / 2),
                    _ => Shown::Time(self.clock.honest.now() + time(rng, seconds(1_000_000))),
                }));
                for _ in 0..rng.u32(1..4) {
                    self.held.extend(self.breaker.acquire());
                }
                if rng.bool() {
                    self.clock.show(None);
                }
            }
            90 => {
                // The inner call is part of the outer one, if that is a probe.
                let _ = self.breaker.call(|| self.breaker.call(|| Err::<(), _>("down")));
            }
            91..=95 => self.command(rng),
            96.. => self.change(rng),
            _ => {}
        }
    }

    fn command(&mut self, rng: &mut Rng) {
        match rng.u32(0..10) {
            0 | 1 => self.breaker.trip(),
            2 => self.breaker.open_for(time(rng, seconds(100))),
            3 => self.breaker.reset(),
            4 => self.breaker.metrics_only(),
            5 => self.breaker.disable(),
            6 => self.breaker.force_open(),
            7 => self.breaker.count_calls(),
            8 => self.saved = self.breaker.snapshot().saved().or(self.saved.take()),
            _ => {
                if let Some(saved) = &self.saved {
                    self.breaker.restore(saved).expect("the same name");
                }
            }
        }
    }

    /// Gives it new settings, which change nothing if they are invalid.
    fn change(&self, rng: &mut Rng) {
        let (other, unchanged) = (others(rng), Changes::new());
        let changes = match rng.u32(0..4) {
            0 => other.builder().build().map_or(unchanged, |other| other.settings()),
            1 => unchanged.trip(other.settings.rule.build()),
            2 => unchanged.on_cancel(OnCancel::FailureAfter(time(rng, seconds(60)))),
            _ => unchanged
                .max_half_open_calls(other.settings.slots)
                .half_open_timeout(other.settings.half_open_timeout()),
        };
        let _ = self.breaker.reconfigure(&changes);
    }

    #[track_caller]
    fn check(&self, holds: bool, what: &str) {
        if !holds {
            let heard: Vec<_> = self.heard.all().iter().rev().take(12).map(ToString::to_string).collect();
            let (configuration, state) = (self.configuration, self.breaker.state());
            let number = configuration.number;
            panic!("{what}, {state}\nFLUXGATE_PROMISE={number} replays {configuration:#?}\n{heard:#?}");
        }
    }

    fn openings(&self) -> usize {
        self.heard.steps().iter().filter(|(_, to)| *to == State::Open).count()
    }

    /// The service is healthy from now on, and has its traffic back after a while.
    fn recovers(mut self, rng: &mut Rng) -> Put {
        let Configuration { gap, healthy, .. } = *self.configuration;
        // The running calls, with the time when each ends.
        let mut running: VecDeque<(Duration, Call<'_>)> = VecDeque::new();
        let (mut now, mut arrives) = (Duration::ZERO, Duration::ZERO);
        let (mut in_a_row, mut steps) = (0, 0);
        while in_a_row < TRAFFIC {
            steps += 1;
            self.check(steps < MOST_STEPS, "a healthy service should have its traffic back");
            let ends = running.front().map_or(Duration::MAX, |(end, _)| *end);
            let next = ends.min(arrives);
            self.clock.advance(next.saturating_sub(now));
            now = next;
            if ends <= arrives
                && let Some((_, call)) = running.pop_front()
            {
                call.success();
                continue;
            }
            arrives += gap;
            if rng.u32(0..10) == 0 {
                // A call that has run since before the recovery is given up.
                self.held.pop();
            }
            if let Ok(call) = self.breaker.acquire() {
                in_a_row += 1;
                running.push_back((now + healthy, call));
            } else {
                in_a_row = 0;
                // The calls in the middle of a pause are left out.
                let left = self.breaker.snapshot().retry_after.unwrap_or_default();
                let calls = left.as_nanos() / gap.as_nanos();
                arrives += gap * u32::try_from(calls).unwrap_or(u32::MAX).saturating_sub(1);
            }
        }
        Put::Healthy
    }

    /// The service is dead from now on: it is given up, and stays so.
    fn dies(self, rng: &mut Rng) -> Put {
        let (bounds, death) = (Bounds::of(self.configuration), Death::Fail(Duration::ZERO));
        let settings = &self.configuration.settings;
        let gap = self.configuration.gap;
        let (Some(most), Fate::Lost(outcomes)) = (bounds.calls_until_trip(death), bounds.fate(death)) else {
            return Put::Unseen;
        };
        if matches!(settings.permit, Permit::Patient) {
            return Put::Unseen;
        }
        // Earlier good calls are forgotten by and by, in a trial as well.
        let held = match settings.window {
            Window::Count(size) => size,
            Window::Time(duration, _) => (duration.as_nanos() * 2 / gap.as_nanos()) as usize,
        };
        let most = most + 2 * held + 2 * bounds.calls_of_any_trial() + 60;
        let asks_how_long = asks_how_long(&settings.rule);
        if asks_how_long {
            // A command may have opened it while nobody knew whether calls fail, so a trial could pass before they have failed for long
            // enough.
            self.breaker.reset();
        }
        let (mut admitted, mut refused) = (0, 0);
        while self.breaker.state() != State::Open {
            self.clock.advance(gap);
            match self.breaker.acquire() {
                Ok(call) => {
                    admitted += 1;
                    call.failure();
                }
                Err(_) => refused += 1,
            }
            self.check(admitted <= most && refused < MOST_STEPS, "a dead service should be given up");
        }
        if asks_how_long {
            self.clock.advance(gap * MOST_GAPS);
        }
        let timeout = settings.half_open_timeout();
        // Calls hang, and are given up after this long; or they fail.
        let given_up = rng.bool().then(|| time(rng, timeout * 2));
        let slots = (settings.slots as usize).min(bounds.calls_of_any_trial());
        let most = match given_up {
            Some(after) => slots.saturating_mul((timeout.as_nanos().div_ceil(after.as_nanos()) + 2) as usize),
            None => bounds.calls_of_trial(Fate::Lost(outcomes)),
        };
        if most > 2_000 {
            return Put::Unseen;
        }
        for _ in 0..6 {
            self.loses_a_trial(rng, given_up, most);
        }
        Put::Dead
    }

    /// A trial of a dead service is lost after at most `most` calls. Now and then, there is a call that says nothing.
    fn loses_a_trial(&self, rng: &mut Rng, given_up: Option<Duration>, most: usize) {
        let left = self.breaker.snapshot().retry_after;
        let is_due = left.is_some() || self.breaker.state() == State::HalfOpen;
        self.check(is_due, "an open breaker should try again");
        // Where the clock was ahead and came back, time may stand still for a while.
        let mut left = left.unwrap_or_default();
        while !left.is_zero() {
            self.clock.advance(left);
            let more = self.breaker.snapshot().retry_after.unwrap_or_default();
            left = if more.is_zero() { more } else { more.max(left * 2) };
        }
        let step = self.configuration.gap.min(self.configuration.settings.half_open_timeout() / 7);
        let (openings, mut now) = (self.openings(), Duration::ZERO);
        let mut hung: VecDeque<(Duration, Call<'_>)> = VecDeque::new();
        let (mut calls, mut steps) = (0, 0);
        while self.openings() == openings {
            steps += 1;
            self.check(steps < MOST_STEPS, "a trial should end");
            self.check(self.breaker.state() != State::Closed, "a dead service should stay given up");
            if hung.front().is_some_and(|(end, _)| *end <= now) {
                hung.pop_front();
                continue;
            }
            match (self.breaker.acquire(), given_up) {
                (Ok(call), Some(_)) if rng.u32(0..3) == 0 => call.ignore(),
                (Ok(call), Some(after)) => {
                    calls += 1;
                    hung.push_back((now + after, call));
                }
                (Ok(call), None) => {
                    calls += 1;
                    call.failure();
                }
                (Err(_), _) => {}
            }
            self.check(calls <= most, "a trial should admit fewer calls of a dead service");
            self.clock.advance(step);
            now += step;
        }
    }
}

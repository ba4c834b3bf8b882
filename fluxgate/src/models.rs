//! Models for loom: the breaker's own code, run through the interleavings of two or three threads.
//!
//! `scripts/loom.sh` runs them. Each checks a claim of the documentation under every interleaving, with up to three preemptions,
//! and for every value that a relaxed load may return.

use std::sync::Mutex as Log;
use std::time::Duration;

use fluxgate_rules::{Permit, Retry, Rule, Schedule, Window};
use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use loom::thread;

use crate::clock::{Clock, UserClock};
use crate::configuration::Settings;
use crate::configuration::name::Name;
use crate::configuration::named::SettingsRef;
use crate::engine::breaker::{Breaker, Origin};
use crate::engine::{manual, recording, transition};
use crate::events::transition::{Reason, Transition};
use crate::handle::enrollment::enroll;
use crate::state::{Outcome, State};
use crate::sync::Arc;
use crate::{Call, CallNotPermitted, CircuitBreaker, permit, retry, trip, window};

mod beginnings;
mod changes;
mod clocks;
mod counting;
mod faults;
mod journals;
#[cfg(feature = "keyed")]
mod keys;
mod logs;
mod openings;
mod orders;
mod running;
mod seasons;
mod transitions;
mod verdicts;
#[cfg(all(feature = "tokio", feature = "tower"))]
mod waiting;
mod windows;

/// A clock that stands still, for models in which time does not matter.
struct Still(u64);

impl Clock for Still {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0)
    }
}

/// A clock that a model moves forward, in seconds. Loom interleaves reading it, too.
#[derive(Clone)]
struct Moving(Arc<AtomicU64>);

impl Moving {
    fn at(seconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seconds)))
    }

    fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::Release);
    }
}

impl Clock for Moving {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::Acquire))
    }
}

fn settings(window: Window, rule: Rule, retry: Retry, permit: Permit) -> Settings {
    Settings {
        name: Name::from_static("model"),
        window,
        rule,
        retry,
        permit,
        max_half_open_calls: 1,
        half_open_timeout: Duration::from_secs(60),
        on_panic: Outcome::Failure,
        on_cancel: Outcome::Ignored.into(),
        count_calls: false,
        time_limit: None,
    }
}

fn breaker(window: Window, rule: Rule) -> Arc<Breaker> {
    let retry = retry::cooldown(Duration::from_secs(60));
    made(settings(window, rule, retry, permit::all()))
}

/// A breaker that goes from open to half-open with the next call.
fn eager(window: Window, rule: Rule) -> Arc<Breaker> {
    made(settings(window, rule, Retry::new(Schedule::Always), permit::all()))
}

fn made(settings: Settings) -> Arc<Breaker> {
    timed(settings, Still(7))
}

fn timed(settings: Settings, clock: impl Clock) -> Arc<Breaker> {
    let breaker = Breaker::detached(SettingsRef::shared(settings), reading(clock), Origin::Hidden);
    enroll(&breaker);
    Arc::new(breaker)
}

fn reading(clock: impl Clock) -> Option<Arc<UserClock>> {
    Some(Arc::new(UserClock::new(Arc::new(clock))))
}

fn check(model: impl Fn() + Send + Sync + 'static) {
    check_up_to(3, model);
}

/// For models with more threads or calls: with fewer preemptions, since otherwise they would take hours.
fn check_up_to(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 10_000;
    builder.check(model);
}

/// Runs `run` on another thread.
fn spawn(breaker: &Arc<Breaker>, run: impl FnOnce(&Breaker) + 'static) -> thread::JoinHandle<()> {
    let breaker = breaker.clone();
    thread::spawn(move || run(&breaker))
}

fn acquire(breaker: &Breaker) -> Result<Call<'_>, CallNotPermitted> {
    Call::acquire(breaker).map_err(|refusal| refusal.into_error(|error| error))
}

/// The running calls, as far as the breaker tracks them.
fn in_flight(breaker: &Breaker) -> u32 {
    breaker.lock().running.calls()
}

fn handle(breaker: &Arc<Breaker>) -> CircuitBreaker {
    CircuitBreaker::from_shared(breaker.clone())
}

/// The transitions that a breaker reported, in order.
fn log(breaker: &Arc<Breaker>) -> Arc<Log<Vec<(State, State)>>> {
    let log = Arc::new(Log::new(Vec::new()));
    let heard = log.clone();
    transition::listen(
        &breaker,
        Arc::new(move |transition: &Transition| {
            heard.lock().unwrap().push((transition.from, transition.to));
        }),
    );
    log
}

//! Models for loom: the breaker's own code, run through the orders in which two or three threads can meet in it.
//!
//! `scripts/loom.sh` runs them. Each checks a sentence of the documentation under every interleaving and every value a
//! relaxed load may return, with up to three preemptions.

use std::sync::Mutex as Log;
use std::time::Duration;

use fluxgate_rules::{Permit, Retry, Rule, Schedule, Window};
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;

use crate::breaker::{Breaker, Own};
use crate::listener::{Reason, Transition};
use crate::settings::Source;
use crate::settings::{Name, Settings};
use crate::state::{Outcome, State};
use crate::sync::Arc;
use crate::time::Clock;
use crate::{CircuitBreaker, permit, retry, trip, window};

/// A clock that stands still: what is modelled here is threads, not time.
struct Still(u64);

impl Clock for Still {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0)
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
        half_open_timeout: None,
        on_panic: Outcome::Failure,
        on_cancel: Outcome::Ignored,
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
    let breaker = Breaker::detached(Source::shared(settings), Some(Arc::new(Still(7))), Own::Hidden);
    breaker.used();
    Arc::new(breaker)
}

fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

/// Runs on another thread.
fn beside(breaker: &Arc<Breaker>, run: impl FnOnce(&Breaker) + 'static) -> thread::JoinHandle<()> {
    let breaker = breaker.clone();
    thread::spawn(move || run(&breaker))
}

fn handle(breaker: &Arc<Breaker>) -> CircuitBreaker {
    CircuitBreaker::from_shared(breaker.clone())
}

/// Everything a breaker told, in order.
fn log(breaker: &Arc<Breaker>) -> Arc<Log<Vec<(State, State)>>> {
    let log = Arc::new(Log::new(Vec::new()));
    let heard = log.clone();
    breaker.listen(Arc::new(move |transition: &Transition| {
        heard.lock().unwrap().push((transition.from, transition.to));
    }));
    log
}

#[test]
fn two_failures_race_to_trip_and_one_transition_is_told() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(1));
        let log = log(&breaker);
        let first = breaker.acquire().unwrap();
        let other = beside(&breaker, |breaker| {
            if let Ok(call) = breaker.acquire() {
                call.failure();
            }
        });
        first.failure();
        other.join().unwrap();
        assert_eq!(*log.lock().unwrap(), [(State::Closed, State::Open)]);
        let snapshot = handle(&breaker).snapshot();
        assert_eq!(snapshot.state, State::Open);
        // Both failed, or one was refused, or too late: none is lost, none counts twice.
        assert_eq!(snapshot.metrics.failures() + snapshot.late + snapshot.rejected, 2);
    });
}

#[test]
fn an_outcome_counts_only_in_its_own_generation() {
    check(|| {
        let breaker = eager(window::count(4), trip::failures(1));
        let late = breaker.acquire().unwrap();
        let other = beside(&breaker, |breaker| {
            breaker.acquire().unwrap().failure();
            // Half-open, unless the late failure was the one that tripped.
            let _ = breaker.acquire().map(|probe| probe.success());
        });
        late.failure();
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        // Whoever tripped it, the trial was passed by the probe alone, and the closed breaker starts with nothing.
        assert_eq!(snapshot.state, State::Closed);
        assert_eq!(snapshot.metrics.total(), 0);
    });
}

#[test]
fn the_last_slot_is_given_once() {
    check(|| {
        let breaker = eager(window::count(4), trip::failures(2));
        breaker.acquire().unwrap().failure();
        breaker.acquire().unwrap().failure();
        let other = beside(&breaker, |breaker| {
            if let Ok(call) = breaker.acquire() {
                call.ignore();
            }
        });
        let mine = breaker.acquire();
        let in_flight = breaker.core.lock().stay.in_flight;
        assert!(in_flight <= 1, "{in_flight} probes where one is allowed");
        if let Ok(call) = mine {
            call.ignore();
        }
        other.join().unwrap();
        assert_eq!(breaker.core.lock().stay.in_flight, 0);
        breaker.acquire().expect("every slot came back").ignore();
    });
}

#[test]
fn a_reset_parts_what_counts_from_what_does_not() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(3));
        let other = beside(&breaker, |breaker| {
            breaker.acquire().unwrap().failure();
            breaker.acquire().unwrap().failure();
        });
        handle(&breaker).reset();
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        assert!(snapshot.metrics.total() + snapshot.late <= 2);
        assert_eq!(u64::from(snapshot.metrics.failure_streak()), snapshot.metrics.failures());
        assert_eq!(snapshot.state, State::Closed);
    });
}

#[test]
fn the_success_that_is_not_written_changes_nothing() {
    check(|| {
        let breaker = breaker(window::count(2), trip::failures(2));
        breaker.acquire().unwrap().success();
        breaker.acquire().unwrap().success();
        let other = beside(&breaker, |breaker| breaker.acquire().unwrap().failure());
        breaker.acquire().unwrap().success();
        other.join().unwrap();
        // Success and failure in either order: the failure is there, the window is full, and the streak tells the order.
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (2, 1));
        // The next success has to be written, whoever looks.
        breaker.acquire().unwrap().success();
        assert_eq!(handle(&breaker).metrics().failure_streak(), 0);
        breaker.acquire().unwrap().success();
        assert_eq!(handle(&breaker).metrics().failures(), 0);
    });
}

#[test]
fn a_success_that_saw_the_failure_pushes_it_out() {
    check(|| {
        let breaker = breaker(window::count(1), trip::failures(2));
        breaker.acquire().unwrap().success();
        let failed = Arc::new(AtomicBool::new(false));
        let told = failed.clone();
        let other = beside(&breaker, move |breaker| {
            breaker.acquire().unwrap().failure();
            told.store(true, Ordering::Release);
        });
        let before = failed.load(Ordering::Acquire);
        breaker.acquire().unwrap().success();
        other.join().unwrap();
        if before {
            assert_eq!(handle(&breaker).metrics().failures(), 0, "the success came after the failure");
        }
    });
}

#[test]
fn a_success_taken_from_the_allowance_moves_the_window_on() {
    check(|| {
        let breaker = breaker(window::count(3), trip::failures(3));
        // The oldest is a success, then comes the failure: one success may go unrecorded.
        breaker.acquire().unwrap().success();
        breaker.acquire().unwrap().failure();
        breaker.acquire().unwrap().success();
        let other = beside(&breaker, |breaker| breaker.acquire().unwrap().failure());
        breaker.acquire().unwrap().success();
        other.join().unwrap();
        // Whichever came first, the second pushed the old failure out.
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (3, 1));
    });
}

#[test]
fn listeners_hear_in_order_and_once_and_may_call_back() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(1));
        let log = log(&breaker);
        let inside = AtomicBool::new(false);
        let overlapped = Arc::new(AtomicBool::new(false));
        let overlaps = overlapped.clone();
        breaker.listen(Arc::new(move |_: &Transition| {
            if inside.swap(true, Ordering::AcqRel) {
                overlaps.store(true, Ordering::Release);
            }
            inside.store(false, Ordering::Release);
        }));
        let back = Arc::downgrade(&breaker);
        breaker.listen(Arc::new(move |transition: &Transition| {
            if transition.reason == Reason::ForceOpen
                && let Some(breaker) = back.upgrade()
            {
                handle(&breaker).disable();
            }
        }));
        let other = beside(&breaker, |breaker| {
            let _ = breaker.acquire().map(|call| call.failure());
        });
        handle(&breaker).force_open();
        other.join().unwrap();
        assert!(!overlapped.load(Ordering::Acquire), "two at a time");
        let log = log.lock().unwrap();
        // A chain: each transition begins where the one before ended.
        assert!(log.windows(2).all(|pair| pair[0].1 == pair[1].0), "{log:?}");
        assert_eq!(log.first().unwrap().0, State::Closed);
        assert_eq!(*log.last().unwrap(), (State::ForcedOpen, State::Disabled));
    });
}

#[test]
fn the_registry_loses_no_breaker() {
    fn leaked() -> &'static Breaker {
        let settings =
            settings(window::count(1), trip::failures(1), Retry::new(Schedule::Always), permit::all());
        Box::leak(Box::new(Breaker::detached(Source::shared(settings), None, Own::Hidden)))
    }
    check(|| {
        let registry = Arc::new(crate::registry::Statics::new());
        let pushed = registry.clone();
        let other = thread::spawn(move || pushed.push(leaked()));
        let mine = leaked();
        registry.push(mine);
        // Iterating meanwhile sees at least one's own.
        assert!(registry.iter().any(|breaker| std::ptr::eq(breaker, mine)));
        other.join().unwrap();
        assert_eq!(registry.iter().count(), 2);
    });
}

#[test]
fn a_time_window_counts_every_success_once() {
    check(|| {
        let breaker = breaker(window::time(Duration::from_secs(10)), trip::failures(2));
        // The first success opens the stripes.
        breaker.acquire().unwrap().success();
        let other = beside(&breaker, |breaker| breaker.acquire().unwrap().success());
        breaker.acquire().unwrap().failure();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (3, 1));
    });
}

#[test]
fn a_striped_success_is_judged_with_the_failure_it_comes_after() {
    check(|| {
        // One failure of three trips; of two it may not, since there must be three.
        let breaker = breaker(window::time(Duration::from_secs(10)), trip::min(3) & trip::failure_rate(0.3));
        breaker.acquire().unwrap().success();
        let other = beside(&breaker, |breaker| breaker.acquire().unwrap().success());
        breaker.acquire().unwrap().failure();
        other.join().unwrap();
        assert_eq!(handle(&breaker).state(), State::Open, "three calls, one failed, and nobody looked");
    });
}

#[test]
fn the_first_use_happens_once() {
    check(|| {
        let settings = settings(
            window::count(2),
            trip::failures(2),
            retry::cooldown(Duration::from_secs(60)),
            permit::all(),
        );
        let breaker =
            Arc::new(Breaker::detached(Source::shared(settings), Some(Arc::new(Still(7))), Own::Hidden));
        let other = beside(&breaker, |breaker| breaker.acquire().unwrap().success());
        breaker.acquire().unwrap().failure();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (2, 1));
    });
}

#[test]
fn a_refusal_tells_of_one_opening() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(1));
        breaker.acquire().unwrap().failure();
        let other = beside(&breaker, |breaker| {
            breaker.command(State::Closed, Reason::Reset);
            breaker.acquire().unwrap().success();
            breaker.acquire().unwrap().failure();
        });
        if let Err(refusal) = breaker.acquire() {
            let (state, left) = (refusal.state(), refusal.retry_after());
            assert_eq!((state, left), (State::Open, Some(Duration::from_secs(60))));
            // Of the first opening, of the second, or, between the two, of none; never a little of each.
            let told = refusal.cause().map(|cause| cause.to_string());
            let of = |whole| Some(format!("1 of the last {whole} calls failed (1 >= 1)"));
            assert!([None, of(1), of(2)].contains(&told), "{told:?}");
        }
        other.join().unwrap();
    });
}

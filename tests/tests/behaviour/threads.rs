//! Any number of threads may share a breaker: no outcome is lost, and it trips exactly once.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use fluxgate::{Call, CircuitBreaker, Outcome, State, retry, trip, window};
use fluxgate_tests::fixture::{self, Fixture, millis, seconds};
use fluxgate_tests::futures::{pause, poll};

const THREADS: usize = 8;

fn together(work: impl Fn(usize) + Sync) {
    fixture::together(THREADS, work);
}

#[test]
fn a_breaker_can_be_shared() {
    fn shareable<T: Send + Sync + 'static>() {}
    fn sendable<T: Send>() {}
    shareable::<CircuitBreaker>();
    shareable::<fluxgate::CallNotPermitted>();
    shareable::<fluxgate::Transition>();
    shareable::<fluxgate::Snapshot>();
    sendable::<Call<'_>>();
}

#[test]
fn no_outcome_is_lost_in_a_count_window() {
    let size = 1_000_000;
    let rule = trip::failure_streak(1_000_000);
    let fixture = Fixture::new(|builder| builder.window(window::count(size)).trip(rule));
    together(|nth| {
        for call in 0..10_000 {
            let outcome = if (call + nth) % 3 == 0 { Outcome::Failure } else { Outcome::Success };
            fixture.breaker.acquire().expect("closed").record(outcome);
        }
    });
    let failures =
        (0..THREADS).map(|nth| (0..10_000).filter(|call| (call + nth) % 3 == 0).count() as u64).sum();
    assert_eq!(fixture.counts(), (80_000, failures));
}

#[test]
fn no_outcome_is_lost_in_a_time_window() {
    for rule in [trip::failure_streak(1_000_000), trip::min(1_000_000) & trip::slow_rate(1.0, millis(1))] {
        let fixture = Fixture::new(|builder| builder.window(window::time(seconds(60))).trip(rule));
        together(|nth| {
            for call in 0..10_000 {
                let outcome = if (call + nth) % 3 == 0 { Outcome::Failure } else { Outcome::Success };
                fixture.breaker.acquire().expect("closed").record(outcome);
                if nth == 0 && call % 500 == 0 {
                    fixture.advance(seconds(1));
                }
            }
        });
        let failures =
            (0..THREADS).map(|nth| (0..10_000).filter(|call| (call + nth) % 3 == 0).count() as u64).sum();
        assert_eq!(fixture.counts(), (80_000, failures));
    }
}

/// Healthy calls skip a write; that loses no failure recorded by another thread at the same time.
#[test]
fn no_failure_is_lost_among_healthy_calls() {
    for round in 0..50 {
        let rule = trip::failure_streak(1_000_000);
        let fixture = Fixture::new(|builder| builder.window(window::count(100_000)).trip(rule));
        fixture.succeed(100_000);
        together(|nth| {
            for call in 0..1_000 {
                let failed = nth % 2 == 0 && call % 100 == round;
                fixture.breaker.acquire().expect("closed").record(if failed {
                    Outcome::Failure
                } else {
                    Outcome::Success
                });
            }
        });
        assert_eq!(fixture.counts(), (100_000, 10 * THREADS as u64 / 2));
    }
}

/// Each success pushes out one old call, whatever other threads read or record meanwhile.
#[test]
fn each_success_pushes_out_one_call() {
    let (size, failures) = (10_000, 4_000);
    for reads in [false, true] {
        for fails in [false, true] {
            let rule = trip::failure_streak(1_000_000);
            let fixture = Fixture::new(|builder| builder.window(window::count(size)).trip(rule));
            fixture.fail(failures);
            fixture.succeed(size - failures);
            together(|nth| {
                for call in 0..300 {
                    let fails = fails && (call + nth) % 50 == 0;
                    let outcome = if fails { Outcome::Failure } else { Outcome::Success };
                    fixture.breaker.acquire().expect("closed").record(outcome);
                    if reads && call % 70 == 0 {
                        assert_eq!(fixture.counts().0, size as u64);
                    }
                }
            });
            let new = if fails { 300 / 50 * THREADS } else { 0 };
            let expected = failures - 300 * THREADS + new;
            assert_eq!(fixture.counts(), (size as u64, expected as u64), "reads {reads}, fails {fails}");
        }
    }
}

#[test]
fn trips_exactly_once() {
    for _ in 0..200 {
        let fixture = Fixture::new(|builder| builder);
        let refused = AtomicU64::new(0);
        together(|_| {
            for _ in 0..20 {
                match fixture.breaker.acquire() {
                    Ok(call) => call.failure(),
                    Err(_) => {
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        });
        assert_eq!(fixture.heard.steps(), [(State::Closed, State::Open)]);
        assert_eq!(fixture.counts(), (10, 10), "the evidence is the window that tripped it");
        let snapshot = fixture.breaker.snapshot();
        assert_eq!(snapshot.rejected, refused.load(Ordering::Relaxed));
        assert_eq!(10 + snapshot.late + snapshot.rejected, 20 * THREADS as u64, "each call is accounted for");
    }
}

/// Regression: 64 probes at once.
#[test]
fn never_more_probes_than_slots() {
    let rule = trip::min(1_000) & trip::failure_rate(0.5);
    let fixture = Fixture::new(|builder| {
        builder.window(window::count(1_000)).trip(rule).retry(retry::always()).max_half_open_calls(3)
    });
    for _ in 0..20 {
        fixture.trip();
        let (running, most) = (AtomicU64::new(0), AtomicU64::new(0));
        together(|_| {
            for _ in 0..60 {
                if let Ok(call) = fixture.breaker.acquire() {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                    call.success();
                }
            }
        });
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
        assert_eq!(fixture.state(), State::HalfOpen);
        let held: Vec<Call<'_>> = std::iter::from_fn(|| fixture.breaker.acquire().ok()).collect();
        assert_eq!(held.len(), 3, "all slots came back");
        drop(held);
        fixture.breaker.reset();
    }
}

#[test]
fn a_trial_is_judged_once() {
    for _ in 0..200 {
        let fixture = Fixture::new(|builder| builder.max_half_open_calls(64));
        fixture.trip();
        fixture.wait();
        together(|_| {
            if let Ok(call) = fixture.breaker.acquire() {
                call.success();
            }
        });
        assert_eq!(
            fixture.heard.steps(),
            [(State::Closed, State::Open), (State::Open, State::HalfOpen), (State::HalfOpen, State::Closed)]
        );
        let counted = fixture.counts().0;
        let late = fixture.breaker.snapshot().late;
        assert_eq!(6 + counted + late, THREADS as u64, "{counted} counted when closed, {late} late");
    }
}

#[test]
fn a_reset_during_recording_leaves_a_consistent_window() {
    let rule = trip::min(50) & trip::failure_rate(1.0);
    let fixture = Fixture::new(|builder| builder.window(window::count(50)).trip(rule));
    together(|nth| {
        for call in 0..2_000 {
            if nth == 0 {
                fixture.breaker.reset();
            } else if let Ok(guard) = fixture.breaker.acquire() {
                guard.record(if call % 2 == 0 { Outcome::Failure } else { Outcome::Success });
            }
            let (total, failures) = fixture.counts();
            assert!(failures <= total && total <= 50, "{failures} of {total}");
        }
    });
    fixture.breaker.reset();
    assert_eq!(fixture.counts(), (0, 0));
    fixture.succeed(49);
    fixture.fail(1);
    assert_eq!(fixture.counts(), (50, 1));
}

#[test]
fn the_first_calls_of_a_breaker_may_be_concurrent() {
    for _ in 0..200 {
        let breaker =
            fluxgate::breaker!(name = "first use", window = count(1000), trip = failure_streak(1000));
        together(|_| breaker.acquire().expect("closed").failure());
        assert_eq!(breaker.metrics().failures(), THREADS as u64);
    }
}

/// A future is polled on one thread, and finished or dropped on another.
#[test]
fn guarded_futures_may_move_between_threads() {
    let rule = trip::failure_streak(1_000_000);
    let fixture = Fixture::new(|builder| builder.window(window::count(100_000)).trip(rule));
    let start = |nth: usize| {
        let mut begun: Vec<_> = (0..300)
            .map(|call| Box::pin(fixture.breaker.call_async(halting((call + nth).is_multiple_of(3)))))
            .collect();
        assert!(begun.iter_mut().all(|future| poll(future.as_mut()).is_pending()));
        begun
    };
    thread::scope(|scope| {
        let begun: Vec<_> = (0..THREADS).map(|nth| scope.spawn(move || start(nth))).collect();
        let begun = begun.into_iter().map(|thread| thread.join().expect("no panic"));
        let ends: Vec<_> = begun.map(|begun| scope.spawn(move || finish(begun))).collect();
        for thread in ends {
            thread.join().expect("no panic");
        }
    });
    let failed =
        |nth: usize| (0..300).filter(|call| call % 10 > 0 && (call + nth).is_multiple_of(3)).count() as u64;
    assert_eq!(fixture.counts(), (270 * THREADS as u64, (0..THREADS).map(failed).sum()));
}

/// Cancels every tenth future and finishes the others.
fn finish(begun: Vec<Pin<Box<impl Future>>>) {
    for (call, mut future) in begun.into_iter().enumerate() {
        assert!(call % 10 == 0 || poll(future.as_mut()).is_ready());
    }
}

/// Pending once.
async fn halting(fails: bool) -> Result<(), ()> {
    pause().await;
    if fails { Err(()) } else { Ok(()) }
}

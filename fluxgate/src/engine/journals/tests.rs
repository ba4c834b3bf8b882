use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::{Headroom, Journal, JournalEntry, Merged, PLACES, SHARED, StateWord};
use crate::engine::grants::tests::call;
use crate::engine::word::{Needs, Timing};
use crate::sync::AtomicU64;
use crate::window::Window;
use crate::{CircuitBreaker, Clock, trip, window};

const WORD: StateWord =
    StateWord::first(Needs { timing: Timing::Average, dated: true, tracked: false }).used();

#[test]
fn calls_in_many_journals_are_read_in_reverse_order_of_their_ends() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..300 {
        let opened = |_| {
            let journal = Journal::closed();
            journal.open(WORD, Headroom { failures: 999, slow: 0, latency: 9_999 });
            journal
        };
        let journals: Vec<_> = (0..random.usize(1..=PLACES)).map(opened).collect();
        let (mut end, mut entered) = (0, Vec::new());
        for _ in 0..random.usize(..300) {
            end += random.u64(1..9);
            let call = JournalEntry { failed: random.bool(), nanos: random.u64(..50), end };
            if journals[random.usize(..journals.len())].enter(WORD, call) {
                entered.push(call);
            }
        }
        let mut calls = Merged::NONE;
        for (place, journal) in journals.iter().enumerate() {
            calls.add(place as u32 + 1, journal.close().calls);
        }
        entered.reverse();
        assert_eq!(calls.collect::<Vec<_>>(), entered);
    }
}

#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Clock for Hand {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

fn averaging(window: Window) -> crate::Builder {
    let rule = trip::min(1) & trip::avg_latency(Duration::from_secs(9));
    CircuitBreaker::builder("journals").window(window).trip(rule)
}

fn is_entered(breaker: &CircuitBreaker) -> bool {
    let breaker = breaker.breaker();
    breaker.stripes().enter(breaker.word(), JournalEntry { failed: false, nanos: 0, end: 0 })
}

#[test]
fn journals_are_opened_while_calls_come_fast() {
    for (step, is_fast) in [(0, true), (10_000, true), (11_000, false), (1_000_000, false)] {
        let time = Hand::default();
        let breaker = averaging(window::count(100)).clock(time.clone()).build().expect("sound");
        for nth in 1..=60 {
            time.0.fetch_add(step, Ordering::Relaxed);
            breaker.acquire().expect("closed").success();
            assert_eq!(is_entered(&breaker), is_fast && nth >= 16, "call {nth} after {step} ns each");
        }
    }
}

/// Makes calls on threads that take turns, and compares with a list. By a clock moved by hand, each call takes less than the given
/// time.
fn take_turns(threads: usize, breaker: &CircuitBreaker, size: usize, time: Option<(&Hand, u64)>, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let longest = time.map_or(1, |(_, longest)| longest);
    let run = |calls: Vec<(bool, u64)>| {
        for (failed, nanos) in calls {
            let call = breaker.acquire().expect("closed");
            if let Some((time, _)) = time {
                time.0.fetch_add(nanos, Ordering::Relaxed);
            }
            if failed { call.failure() } else { call.success() }
        }
    };
    std::thread::scope(|scope| {
        let run = &run;
        let (report, reports) = mpsc::channel();
        let others: Vec<_> = (1..threads)
            .map(|_| {
                let ((order, orders), report) = (mpsc::channel(), report.clone());
                scope.spawn(move || {
                    for calls in orders {
                        run(calls);
                        report.send(()).expect("it is waited for");
                    }
                });
                order
            })
            .collect();
        let (mut list, mut streak) = (VecDeque::new(), 0);
        for turn in 0..200 {
            let failing = if random.u8(..) < 10 { 255 } else { 60 };
            let calls: Vec<_> =
                (0..random.usize(1..40)).map(|_| (random.u8(..) < failing, random.u64(..longest))).collect();
            list.extend(calls.iter().copied());
            streak = calls.iter().fold(streak, |streak, (failed, _)| if *failed { streak + 1 } else { 0 });
            list.drain(..list.len().saturating_sub(size));
            match others.get(random.usize(..threads)) {
                None => run(calls),
                Some(other) => {
                    other.send(calls).expect("it runs");
                    reports.recv().expect("it runs");
                }
            }
            // Reading closes the journals.
            if random.u8(..) < 40 {
                let metrics = breaker.metrics();
                let failures = list.iter().filter(|call| call.0).count() as u64;
                assert_eq!(
                    (metrics.total(), metrics.failures(), metrics.failure_streak()),
                    (list.len() as u64, failures, streak),
                    "calls, failures and streak of the breaker, and of the list: seed {seed}, turn {turn}"
                );
                if time.is_some() {
                    let mean = list.iter().map(|call| call.1).sum::<u64>() / list.len() as u64;
                    assert_eq!(metrics.avg_latency(), Some(Duration::from_nanos(mean)));
                }
            }
        }
    });
}

/// Two threads, or more than can have stripes of their own.
fn number_of_threads(seed: u64) -> usize {
    if seed % 4 < 2 { 2 } else { PLACES + 4 }
}

#[test]
fn calls_of_threads_that_take_turns_stay_in_order() {
    for (seed, size) in (0..20).flat_map(|seed| [1, 2, 30, 100, 500].map(|size| (seed, size))) {
        let (builder, threads) = (averaging(window::count(size)), number_of_threads(seed));
        take_turns(threads, &builder.build().expect("sound"), size, None, seed);
        // If the clock stands still, only the turns of the threads tell the order.
        for longest in [1, 100] {
            let time = Hand::default();
            let breaker = averaging(window::count(size)).clock(time.clone()).build().expect("sound");
            take_turns(threads, &breaker, size, Some((&time, longest)), seed);
        }
    }
}

/// Nests threads that each call the breaker, until one finds no stripe left.
fn one_within_another(breaker: &CircuitBreaker, without_stripe: fn(&CircuitBreaker)) {
    call(breaker, &"o".repeat(40));
    if breaker.breaker().stripes().of_this_thread().is_none() {
        return without_stripe(breaker);
    }
    std::thread::scope(|scope| {
        scope.spawn(|| one_within_another(breaker, without_stripe));
    });
}

#[test]
fn threads_without_a_stripe_of_their_own_share_a_journal() {
    let breaker = averaging(window::count(100)).build().expect("sound");
    one_within_another(&breaker, |breaker| {
        let of_all = breaker.breaker();
        let latest_end = || {
            let guard = of_all.lock();
            assert!(guard.journals.open & 1 << SHARED != 0);
            of_all.stripes().journal(SHARED).expect("it was made").latest_end()
        };
        of_all.lock().close_journals();
        of_all.lock().journals.pace.hurry();
        call(breaker, "o");
        assert_eq!(latest_end(), 0, "it has just been opened");
        call(breaker, "o");
        let end = latest_end();
        assert!(end > 0);
        let earlier = JournalEntry { failed: true, nanos: 0, end: end - 1 };
        let guard = of_all.lock();
        assert!(super::enter(of_all.stripes(), guard.word, earlier));
        drop(guard);
        assert_eq!(latest_end(), end, "it comes after what was entered before");
        assert_eq!(breaker.metrics().failures(), 1);
    });
}

/// A breaker whose rule asks for no average.
fn dated() -> crate::Builder {
    of_time(trip::failure_streak(1_000))
}

fn of_time(rule: trip::Rule) -> crate::Builder {
    let rule = trip::min(1) & trip::failure_rate(1.0) & rule;
    CircuitBreaker::builder("journals").window(window::time(Duration::from_secs(1_000))).trip(rule)
}

/// With failures that come fast or not, sometimes in runs.
#[test]
fn calls_in_a_time_window_stay_in_order() {
    for seed in 0..100 {
        let slow = trip::slow_rate(1.0, Duration::from_secs(9));
        let builder = if seed % 3 == 0 { of_time(slow & trip::failure_streak(1_000)) } else { dated() };
        let breaker = builder.build().expect("sound");
        if seed % 2 == 0 {
            breaker.breaker().lock().journals.pace.hurry();
        }
        take_turns(number_of_threads(seed), &breaker, usize::MAX, None, seed);
    }
}

#[test]
fn a_time_window_uses_journals_while_failures_come_fast_and_not_in_a_row() {
    let breaker = dated().build().expect("sound");
    let is_journaled = || {
        let guard = breaker.breaker().lock();
        assert_eq!(guard.journals.are_any_open(), guard.word.is_journaled());
        guard.word.is_journaled()
    };
    breaker.breaker().stripes().split();
    call(&breaker, "oxo");
    assert!(!is_journaled());
    let before = breaker.acquire().expect("closed");
    breaker.breaker().lock().journals.pace.hurry();
    call(&breaker, &"ox".repeat(10));
    assert!(is_journaled(), "there is no more room in a log");
    // It was admitted before there were journals, and comes between.
    before.success();
    call(&breaker, "x");
    let metrics = breaker.metrics();
    assert_eq!((metrics.total(), metrics.failure_streak()), (25, 1));
    call(&breaker, &"x".repeat(300));
    assert!(!is_journaled(), "a long run is counted");
    breaker.breaker().lock().journals.pace.hurry();
    call(&breaker, "oxo");
    assert!(is_journaled());
}

#[test]
fn a_time_window_on_a_users_clock_uses_no_journals() {
    let breaker = dated().clock(Hand::default()).build().expect("sound");
    breaker.breaker().lock().journals.pace.hurry();
    call(&breaker, "oxoxo");
    assert!(!breaker.breaker().lock().journals.are_any_open());
}

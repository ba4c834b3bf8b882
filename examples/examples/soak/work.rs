//! The load on the breakers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use fluxgate::{Call, Outcome};

use crate::subject::{JumpyClock, Subject};

/// The panics here are deliberate, and their messages are noise.
pub(crate) fn silence_panics() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.payload().downcast_ref::<&str>() != Some(&"on purpose") {
            others(info);
        }
    }));
}

/// Calls from a thread, until told to stop.
pub(crate) fn calls(subjects: &[Arc<Subject>], stop: &AtomicBool, seed: u64) {
    fastrand::seed(seed);
    let mut held: Vec<(&Subject, Call<'_>)> = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let subject = &*subjects[fastrand::usize(..subjects.len())];
        subject.asked.fetch_add(1, Ordering::Relaxed);
        match subject.breaker.acquire() {
            Ok(call) => {
                subject.admitted(&call);
                held.push((subject, call));
            }
            Err(_) => {
                subject.refused.fetch_add(1, Ordering::Relaxed);
            }
        }
        // Some calls are held while others are made, so their outcomes come late and out of order.
        while held.len() > fastrand::usize(..8) {
            let (subject, call) = held.swap_remove(fastrand::usize(..held.len()));
            finish(subject, call);
        }
    }
    for (subject, call) in held {
        finish(subject, call);
    }
}

fn finish(subject: &Subject, call: Call<'_>) {
    let (state, generation) = (call.state(), call.generation());
    let tell = |outcome| subject.finished(state, generation, outcome);
    match fastrand::u32(..100) {
        0..70 => {
            tell(Outcome::Success);
            call.success();
        }
        70..90 => {
            tell(Outcome::Failure);
            call.failure();
        }
        90..95 => {
            tell(Outcome::Ignored);
            call.ignore();
        }
        95..98 => {
            tell(Outcome::Ignored);
            drop(call);
        }
        _ => {
            tell(Outcome::Failure);
            let result = catch_unwind(AssertUnwindSafe(move || {
                let _call = call;
                panic!("on purpose");
            }));
            assert!(result.is_err());
        }
    }
}

/// Calls from a task, until told to stop: finished, failed, cancelled half-way.
pub(crate) async fn tasks(subjects: Vec<Arc<Subject>>, stop: Arc<AtomicBool>, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    // Breakers with a ledger account for each call, so tasks leave them alone.
    let subjects: Vec<_> = subjects.into_iter().filter(|subject| subject.commanded).collect();
    while !stop.load(Ordering::Relaxed) {
        let subject = &subjects[random.usize(..subjects.len())];
        subject.asked.fetch_add(1, Ordering::Relaxed);
        let (waits, fails) = (random.bool(), random.u32(..4) == 0);
        let guarded = subject.breaker.call_async(async move {
            if waits {
                tokio::task::yield_now().await;
            }
            if fails { Err("failed") } else { Ok(()) }
        });
        if random.u32(..10) == 0 {
            let mut guarded = std::pin::pin!(guarded);
            // Polled once, then dropped.
            std::future::poll_fn(|context| Poll::Ready(guarded.as_mut().poll(context).is_ready())).await;
        } else if let Err(fluxgate::Error::NotPermitted(_)) = guarded.await {
            subject.refused.fetch_add(1, Ordering::Relaxed);
        }
        tokio::task::yield_now().await;
    }
}

/// Commands and leaps in time, until told to stop.
pub(crate) fn commands(subjects: &[Arc<Subject>], clock: &JumpyClock, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        for _ in 0..50 {
            clock.jump();
            std::thread::sleep(Duration::from_micros(20));
        }
        let subject = &subjects[fastrand::usize(..subjects.len())];
        let breaker = &subject.breaker;
        match fastrand::u32(..10) {
            // A reset starts a new generation of the ledgers' calls, too.
            0..4 => breaker.reset(),
            4 if subject.commanded => breaker.force_open(),
            5 if subject.commanded => breaker.disable(),
            6 if subject.commanded => breaker.metrics_only(),
            _ => drop(breaker.snapshot()),
        }
    }
    for subject in subjects {
        if subject.commanded {
            subject.breaker.reset();
        }
    }
}

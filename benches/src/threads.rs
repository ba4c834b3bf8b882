//! One thread and two that call the same breaker.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::machine;

/// How long so many calls take one thread, in processor time.
pub fn one(run: impl Fn(u64) -> u64, times: u64) -> Duration {
    let start = machine::thread_time();
    black_box(run(times));
    machine::thread_time() - start
}

/// Both threads, each on its processor, make so many calls of the same breaker. What counts is calls in a time, so an ideal subject
/// takes half as long for one.
pub fn two(run: impl Fn(u64) -> u64 + Sync, times: u64) -> Duration {
    let ready = Barrier::new(2);
    let on = |processor| {
        machine::pin(processor);
        ready.wait();
        let start = Instant::now();
        black_box(run(times));
        start.elapsed().as_secs_f64()
    };
    let [first, second] = thread::scope(|scope| {
        let on = &on;
        [0, 1]
            .map(|processor| scope.spawn(move || on(processor)))
            .map(|thread| thread.join().expect("no panics"))
    });
    Duration::from_secs_f64(first * second / (first + second))
}

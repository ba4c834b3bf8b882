//! One thread, and two threads that call the same breaker.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::machine;

/// How long this many calls take one thread, in processor time.
pub fn one(run: impl Fn(u64) -> u64, times: u64) -> Duration {
    let start = machine::thread_time();
    black_box(run(times));
    machine::thread_time() - start
}

/// How often to try to get two processors for two threads throughout.
const ATTEMPTS: usize = 20;

/// Both threads, each on its processor, make this many calls through the same breaker. Throughput counts, so an ideal subject
/// takes half as long per call.
///
/// If other programs keep one thread waiting, the other has the breaker to itself, and there is no contention. So an
/// attempt counts only if both ran at the same time.
pub fn two(run: impl Fn(u64) -> u64 + Sync, times: u64) -> Duration {
    let mut attempt = Attempt::of(&run, times);
    for _ in 1..ATTEMPTS {
        if attempt.undisturbed {
            break;
        }
        attempt = Attempt::of(&run, times);
    }
    attempt.taken
}

struct Attempt {
    taken: Duration,
    undisturbed: bool,
}

impl Attempt {
    fn of(run: &(impl Fn(u64) -> u64 + Sync), times: u64) -> Self {
        let ready = AtomicUsize::new(0);
        let on = |processor| {
            machine::pin(processor);
            // Once both are here, both are running: waiting threads spin.
            ready.fetch_add(1, Ordering::SeqCst);
            while ready.load(Ordering::SeqCst) < 2 {
                thread::yield_now();
            }
            let start = Instant::now();
            black_box(run(times));
            (start, Instant::now())
        };
        let [first, second] = thread::scope(|scope| {
            let on = &on;
            [0, 1]
                .map(|processor| scope.spawn(move || on(processor)))
                .map(|thread| thread.join().expect("no panics"))
        });
        let seconds = |(start, end): (Instant, Instant)| (end - start).as_secs_f64();
        let both = second.1.min(first.1).saturating_duration_since(second.0.max(first.0)).as_secs_f64();
        let (first, second) = (seconds(first), seconds(second));
        Self {
            taken: Duration::from_secs_f64(first * second / (first + second)),
            undisturbed: both > 0.9 * first.max(second),
        }
    }
}

//! The processor's counter: no thread reads a mixture of two lines, and none sees time go back, wherever threads stall.

use super::*;
use crate::clock::{Counter, TimeSource};

/// Two clocks with the same readings. A thread may stall between reading one and the other.
struct Clocks(Arc<AtomicU64>);

impl TimeSource for Clocks {
    fn ticks(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn nanos(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

const MILLISECOND: u64 = 1_000_000;

/// A counter that has just reached the end of a line, after 8 ms, and its time.
fn at_the_end_of_a_line() -> (Arc<Counter<Clocks>>, Arc<AtomicU64>) {
    let time = Arc::new(AtomicU64::new(0));
    let counter = Arc::new(Counter::new(Clocks(time.clone())));
    for millis in [1, 6, 11] {
        time.store(millis * MILLISECOND, Ordering::SeqCst);
        counter.renew();
    }
    assert!(counter.read().is_some());
    time.store(20 * MILLISECOND, Ordering::SeqCst);
    assert!(counter.read().is_none());
    (counter, time)
}

/// Reads the counter, asserting that the result lies between the times before and after.
fn read(counter: &Counter<Clocks>, time: &AtomicU64) -> u64 {
    let before = time.load(Ordering::SeqCst);
    let shown = counter.read().unwrap_or_else(|| counter.renew());
    let after = time.load(Ordering::SeqCst);
    assert!((before..=after).contains(&shown), "{shown} is not in {before}..={after}");
    shown
}

#[test]
fn a_stalled_thread_reads_one_line_and_the_right_time() {
    check(|| {
        let (counter, time) = at_the_end_of_a_line();
        let (others, passing) = (counter.clone(), time.clone());
        // Lines end, and new ones are drawn, while the other thread reads.
        let other = thread::spawn(move || {
            let mut last = 0;
            for millis in [21, 60, 200] {
                passing.store(millis * MILLISECOND, Ordering::SeqCst);
                let next = read(&others, &passing);
                assert!(last <= next);
                last = next;
            }
        });
        let first = read(&counter, &time);
        assert!(first <= read(&counter, &time));
        other.join().unwrap();
    });
}

#[test]
fn two_threads_draw_one_line() {
    check(|| {
        let (counter, time) = at_the_end_of_a_line();
        let (others, same) = (counter.clone(), time.clone());
        let other = thread::spawn(move || read(&others, &same));
        assert_eq!(read(&counter, &time), 20 * MILLISECOND);
        assert_eq!(other.join().unwrap(), 20 * MILLISECOND);
        time.store(21 * MILLISECOND, Ordering::SeqCst);
        assert_eq!(counter.read(), Some(21 * MILLISECOND), "there is a line");
    });
}

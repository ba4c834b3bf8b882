//! Polling futures by hand, on this thread.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Polls once.
pub fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The output of a future that does not wait.
#[track_caller]
pub fn now<F: Future>(future: F) -> F::Output {
    match poll(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it should not wait"),
    }
}

/// Polls to completion.
pub fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
}

/// Pending once.
pub async fn pause() {
    let mut waited = false;
    poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// A waker that counts how often it was woken.
#[derive(Default)]
pub struct Wakes(AtomicU64);

impl Wakes {
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The size of a guarded future in bytes: it holds the body's future, the call's word and start time, and this many pointers.
pub fn size_around(body: usize, pointers: usize) -> usize {
    // One more for the breaker's double, and one for the delay of a drill.
    let in_tests = if cfg!(feature = "chaos") { 2 } else { 1 };
    let call = 2 * size_of::<u64>() + (pointers + in_tests) * size_of::<usize>();
    (body + call).next_multiple_of(align_of::<u64>())
}

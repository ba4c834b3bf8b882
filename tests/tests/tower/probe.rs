//! A service that does what a test says, and records what was asked of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use fluxgate_tests::futures::Wakes;
use tokio::sync::oneshot;
use tower::Service;

/// The error of a failed service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("it failed")
    }
}

impl std::error::Error for Failed {}

pub(crate) type Answer = Result<u32, Failed>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Readiness {
    Ready,
    Unready,
    Broken,
    Panicking,
}

/// What a probe and all its clones were asked to do.
#[derive(Default)]
struct Seen {
    readiness: Mutex<Option<Readiness>>,
    waiting: Mutex<Vec<Waker>>,
    readied: AtomicU64,
    calls: Mutex<Vec<oneshot::Sender<Answer>>>,
}

/// A service whose calls last until the test answers them. As with many services, a clone is not ready just because the original is.
pub(crate) struct Probe {
    seen: Arc<Seen>,
    is_ready: bool,
}

pub(crate) fn probe() -> (Probe, Control) {
    let seen = Arc::new(Seen::default());
    (Probe { seen: seen.clone(), is_ready: false }, Control(seen))
}

impl Clone for Probe {
    fn clone(&self) -> Self {
        Self { seen: self.seen.clone(), is_ready: false }
    }
}

impl Service<u32> for Probe {
    type Response = u32;
    type Error = Failed;
    type Future = Answered;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        self.seen.readied.fetch_add(1, Ordering::Relaxed);
        let readiness = self.seen.readiness.lock().expect("no test panics here").unwrap_or(Readiness::Ready);
        match readiness {
            Readiness::Ready => {
                self.is_ready = true;
                Poll::Ready(Ok(()))
            }
            Readiness::Unready => {
                self.seen.waiting.lock().expect("no test panics here").push(context.waker().clone());
                Poll::Pending
            }
            Readiness::Broken => Poll::Ready(Err(Failed)),
            Readiness::Panicking => panic!("as asked for"),
        }
    }

    fn call(&mut self, request: u32) -> Answered {
        assert!(std::mem::take(&mut self.is_ready), "called without being ready");
        assert_ne!(request, PANICS, "as asked for");
        let (answer, answered) = oneshot::channel();
        self.seen.calls.lock().expect("no test panics here").push(answer);
        Answered(answered)
    }
}

/// A request for which `call` itself panics.
pub(crate) const PANICS: u32 = 666;

pub(crate) struct Answered(oneshot::Receiver<Answer>);

impl Future for Answered {
    type Output = Answer;

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        std::pin::Pin::new(&mut self.0)
            .poll(context)
            .map(|answer| answer.expect("the test answers, or drops the call"))
    }
}

/// Controls a probe and all its clones.
pub(crate) struct Control(Arc<Seen>);

impl Control {
    pub(crate) fn set(&self, readiness: Readiness) {
        *self.0.readiness.lock().expect("no test panics here") = Some(readiness);
        for waker in self.0.waiting.lock().expect("no test panics here").drain(..) {
            waker.wake();
        }
    }

    /// How often the probe was asked whether it is ready.
    pub(crate) fn readied(&self) -> u64 {
        self.0.readied.load(Ordering::Relaxed)
    }

    /// How many calls have no answer yet.
    pub(crate) fn calls(&self) -> usize {
        self.0.calls.lock().expect("no test panics here").len()
    }

    /// Answers the oldest call.
    pub(crate) fn answer(&self, answer: Answer) {
        let caller = self.0.calls.lock().expect("no test panics here").remove(0);
        caller.send(answer).expect("somebody waits for the answer");
    }

    /// Makes the oldest call panic when it is next polled.
    pub(crate) fn panic(&self) {
        drop(self.0.calls.lock().expect("no test panics here").remove(0));
    }
}

/// Whether a service is ready, polled by a task that does not wait.
pub(crate) fn poll_ready<R, S: Service<R>>(service: &mut S) -> Poll<Result<(), S::Error>> {
    service.poll_ready(&mut Context::from_waker(Waker::noop()))
}

/// The same, polled by a task that waits.
pub(crate) fn poll_ready_by<R, S: Service<R>>(
    service: &mut S,
    wakes: &Arc<Wakes>,
) -> Poll<Result<(), S::Error>> {
    service.poll_ready(&mut Context::from_waker(&Waker::from(wakes.clone())))
}

/// Calls a service that is ready.
#[track_caller]
pub(crate) fn call<R, S: Service<R>>(service: &mut S, request: R) -> S::Future {
    assert!(matches!(poll_ready(service), Poll::Ready(Ok(()))), "it should be ready");
    service.call(request)
}

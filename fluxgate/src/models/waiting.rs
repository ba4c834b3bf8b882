//! A waiting task either sees a change or is woken by it: nothing is lost between the check and the registration.
//!
//! There is no timer here, so a task that is not woken would wait forever.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Wake, Waker};

use super::*;
use crate::OwnedCall;
use crate::integrations::tower::waiting::{Sleep, Waiting};

/// Whether a task was woken. Loom need not see it: it is read once all other threads are done.
#[derive(Default)]
struct Woken(std::sync::atomic::AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Woken {
    fn is(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A way to wait for a breaker.
trait Waits {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()>;
}

struct Ready<'a>(Pin<Box<dyn Future<Output = ()> + 'a>>);

impl Waits for Ready<'_> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(context)
    }
}

struct Service<'a>(Waiting, &'a CircuitBreaker);

impl Waits for Service<'_> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.0.poll(self.1, context)
    }
}

/// A breaker that refuses, and a change by another thread, after which it does not.
fn model<T: 'static>(refusing: fn() -> (Arc<Breaker>, T), change: fn(&Arc<Breaker>, T)) {
    type Wait = for<'a> fn(&'a CircuitBreaker) -> Box<dyn Waits + 'a>;
    let waits: [Wait; 2] = [
        |breaker| Box::new(Ready(Box::pin(breaker.ready()))),
        |breaker| {
            let sleep = Sleep::new(|_| std::future::pending());
            Box::new(Service(Waiting::new(sleep), breaker))
        },
    ];
    for wait in waits {
        check(move || {
            let (breaker, what) = refusing();
            let theirs = breaker.clone();
            let other = thread::spawn(move || change(&theirs, what));
            let breaker = handle(&breaker);
            let mut waits = wait(&breaker);
            let woken = Arc::new(Woken::default());
            let waker = Waker::from(woken.clone());
            let mut context = Context::from_waker(&waker);
            let polled = waits.poll(&mut context);
            other.join().unwrap();
            if polled.is_pending() {
                assert!(woken.is(), "nobody has woken it");
                assert!(waits.poll(&mut context).is_ready());
            }
        });
    }
}

/// A trial with one slot and two calls.
fn probing() -> (Arc<Breaker>, OwnedCall) {
    let breaker = eager(window::count(4), trip::failures(2));
    handle(&breaker).half_open();
    let probe = handle(&breaker).acquire_owned().unwrap();
    (breaker, probe)
}

fn forced_open() -> (Arc<Breaker>, ()) {
    let breaker = breaker(window::count(4), trip::failures(2));
    handle(&breaker).force_open();
    (breaker, ())
}

#[test]
fn a_command_wakes_waiting_tasks() {
    model(forced_open, |breaker, ()| handle(breaker).reset());
}

#[test]
fn a_shortened_pause_wakes_waiting_tasks() {
    let open = || {
        let breaker = breaker(window::count(4), trip::failures(2));
        handle(&breaker).trip();
        (breaker, ())
    };
    model(open, |breaker, ()| handle(breaker).open_for(Duration::ZERO));
}

#[test]
fn a_released_slot_wakes_waiting_tasks() {
    model(probing, |_, probe| probe.cancel());
}

#[test]
fn a_trial_that_goes_on_wakes_waiting_tasks() {
    model(probing, |_, probe| probe.success());
}

/// Two tasks, one of which gives up waiting.
#[test]
fn a_task_that_gives_up_takes_no_wakeup_from_others() {
    check(|| {
        let (breaker, ()) = forced_open();
        let theirs = handle(&breaker);
        let other = thread::spawn(move || {
            let mut gives_up = pin!(theirs.ready());
            let _ = gives_up.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        });
        let mine = handle(&breaker);
        let mut ready = pin!(mine.ready());
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        let mut context = Context::from_waker(&waker);
        assert!(ready.as_mut().poll(&mut context).is_pending());
        handle(&breaker).reset();
        other.join().unwrap();
        assert!(woken.is());
        assert!(ready.as_mut().poll(&mut context).is_ready());
    });
}

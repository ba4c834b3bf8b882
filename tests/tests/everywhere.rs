//! Requests to all breakers of the process: event streams and counting. A process of its own, or tests would hear each
//! other.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Event, Interests, Outcome, State, breaker, trip};
use fluxgate_tests::fixture::alone;
use fluxgate_tests::futures::Wakes;

fn built(name: &'static str) -> CircuitBreaker {
    let builder = CircuitBreaker::builder(name).trip(trip::failure_streak(2)).clock(ManualClock::new());
    builder.build().expect("valid")
}

#[test]
fn a_stream_yields_what_happens_in_order() {
    let _alone = alone();
    let mut events = fluxgate::events();
    let breaker = built("stream");
    breaker.reset();
    for _ in 0..3 {
        let _ = breaker.call(|| Err::<(), _>(()));
    }
    breaker.metrics_only();
    let steps: Vec<_> = std::iter::from_fn(|| events.try_recv())
        .map(|event| match event {
            Event::Transition(transition) => (transition.from, transition.to),
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(steps, [(State::Closed, State::Open), (State::Open, State::MetricsOnly)]);
    assert_eq!(events.dropped(), 0);
}

#[test]
fn a_stream_yields_only_what_was_asked_for() {
    let _alone = alone();
    let mut events = fluxgate::events().interests(Interests::transitions().resets().refusals());
    let breaker = built("asked");
    breaker.reset();
    breaker.force_open();
    breaker.acquire().expect_err("forced open");
    let heard: Vec<_> = std::iter::from_fn(|| events.try_recv()).map(|event| event.to_string()).collect();
    assert_eq!(
        heard,
        [
            "circuit breaker `asked`: still closed (reset by command)",
            "circuit breaker `asked`: closed -> forced open (forced open by command)",
            "circuit breaker `asked` refused a call: it is forced open",
        ]
    );
}

#[test]
fn a_full_queue_drops_the_oldest_and_counts_them() {
    let _alone = alone();
    let mut events = fluxgate::events().capacity(2);
    let breaker = built("full");
    breaker.force_open();
    breaker.disable();
    breaker.reset();
    assert_eq!(events.dropped(), 1);
    let to = |event: Option<Event>| match event {
        Some(Event::Transition(transition)) => transition.to,
        other => panic!("{other:?}"),
    };
    assert_eq!([to(events.try_recv()), to(events.try_recv())], [State::Disabled, State::Closed]);
    assert!(events.try_recv().is_none());
    breaker.disable();
    breaker.reset();
    let mut events = events.capacity(0);
    assert_eq!((events.dropped(), to(events.try_recv())), (2, State::Closed), "one at least");
}

#[test]
fn a_thread_may_wait_for_an_event() {
    let _alone = alone();
    let mut events = fluxgate::events();
    assert!(events.recv_timeout(Duration::ZERO).is_none());
    let breaker = built("waited for");
    let waiting = thread::spawn(move || events.recv());
    breaker.force_open();
    assert_eq!(waiting.join().expect("no panic").breaker(), "waited for");
}

#[test]
fn a_task_may_wait_for_an_event_on_any_executor() {
    let _alone = alone();
    let mut events = fluxgate::events();
    let breaker = built("polled");
    let woken = Arc::new(Wakes::default());
    let waker = Waker::from(woken.clone());
    let mut context = Context::from_waker(&waker);
    {
        let mut next = pin!(events.next());
        assert!(next.as_mut().poll(&mut context).is_pending());
        assert!(next.as_mut().poll(&mut context).is_pending());
        breaker.force_open();
        assert_eq!(woken.count(), 1);
    }
    // A dropped future loses no event.
    breaker.disable();
    assert_eq!(woken.count(), 1, "nobody waits");
    for to in [State::ForcedOpen, State::Disabled] {
        let Poll::Ready(Some(Event::Transition(transition))) = events.poll_next(&mut context) else {
            panic!("there is one")
        };
        assert_eq!(transition.to, to);
    }
    assert!(events.poll_next(&mut context).is_pending());
}

#[test]
fn a_waker_may_open_and_drop_streams() {
    struct Opening(Mutex<Option<fluxgate::Events>>);

    impl Wake for Opening {
        fn wake(self: Arc<Self>) {
            *self.0.lock().expect("not poisoned") = Some(fluxgate::events());
        }
    }

    let _alone = alone();
    let mut events = fluxgate::events();
    let waker = Waker::from(Arc::new(Opening(Mutex::new(Some(fluxgate::events())))));
    assert!(events.poll_next(&mut Context::from_waker(&waker)).is_pending());
    built("opening").force_open();
    assert_eq!(events.recv().breaker(), "opening");
}

/// Regression: streams opened later neither got the event nor counted it as dropped.
#[test]
fn a_panicking_waker_keeps_no_event_from_other_streams() {
    struct Panicking;

    impl Wake for Panicking {
        fn wake(self: Arc<Self>) {
            panic!("a runtime that is gone");
        }
    }

    let _alone = alone();
    let mut streams = [(); 3].map(|()| fluxgate::events());
    let waker = Waker::from(Arc::new(Panicking));
    for stream in &mut streams {
        assert!(stream.poll_next(&mut Context::from_waker(&waker)).is_pending());
    }
    built("panicking").force_open();
    for stream in &mut streams {
        assert_eq!(stream.try_recv().expect("the event is there").breaker(), "panicking");
    }
}

#[test]
fn a_stream_works_under_a_runtime() {
    let _alone = alone();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let mut events = fluxgate::events();
        let waiting = tokio::spawn(async move { events.next().await.breaker().to_owned() });
        tokio::task::yield_now().await;
        built("runtime").force_open();
        assert_eq!(waiting.await.expect("no panic"), "runtime");
    });
}

/// They then count for the life of the process, so this is one test, and the others do not look at successes.
#[test]
fn all_breakers_count_once_anyone_asks_for_all_calls() {
    static BEFORE: CircuitBreaker = breaker!(name = "everywhere: before");
    static AFTER: CircuitBreaker = breaker!(name = "everywhere: after");

    let _alone = alone();
    let succeed = |breaker: &CircuitBreaker| breaker.call(|| Ok::<_, ()>(())).expect("closed");
    let built_before = built("everywhere: built");
    succeed(&BEFORE);
    succeed(&built_before);
    let mut events = fluxgate::events().interests(Interests::all());
    for breaker in [&BEFORE, &AFTER, &built_before, &built("everywhere: built after")] {
        succeed(breaker);
        assert_eq!(breaker.snapshot().totals.successes, Some(1), "{}", breaker.name());
        let Event::Ended(call) = events.recv() else { panic!("no call") };
        assert_eq!((call.breaker.as_str(), call.outcome), (breaker.name(), Outcome::Success));
    }
    drop(events);
    succeed(&AFTER);
    assert_eq!(AFTER.snapshot().totals.successes, Some(2), "and they go on");
}

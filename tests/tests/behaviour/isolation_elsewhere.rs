//! An isolation reaches other threads through its handle. Threads without it panic with a message, and never silently use the real breaker.

use std::any::Any;
use std::future::pending;
use std::pin::pin;
use std::sync::mpsc;
use std::task::Poll;
use std::thread;

use fluxgate::testing::{Isolation, IsolationHandle, isolate, unisolated};
use fluxgate::{Call, CircuitBreaker, State, breaker, circuit_breaker};
use fluxgate_tests::fixture::seconds;
use fluxgate_tests::futures::poll;

/// A breaker for each test: the tests of this file run in parallel.
macro_rules! own {
    ($name:literal) => {{
        static OWN: CircuitBreaker =
            breaker!(name = $name, trip = failure_streak(1), retry = cooldown(30s), permit = all);
        &OWN
    }};
}

fn fail(breaker: &CircuitBreaker) {
    let _ = breaker.acquire().map(Call::failure);
}

/// Runs `work` on an unnamed thread, like those of pools.
fn elsewhere<R: Send>(work: impl FnOnce() -> R + Send) -> thread::Result<R> {
    thread::scope(|scope| scope.spawn(work).join())
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<String>().expect("a message")
}

#[track_caller]
fn assert_told(result: thread::Result<impl Sized>, expected: &str) {
    let panic = result.map(|_| ()).expect_err("it should panic");
    let text = message(&*panic);
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("`let _entered = handle.enter();`, or spawn `handle.wrap(future)`"), "{text}");
    assert!(text.contains("begin that with `isolate()`"), "{text}");
}

#[test]
fn a_thread_that_enters_uses_the_same_double_and_clock() {
    let breaker = own!("elsewhere: entered");
    let isolation = isolate();
    let handle = isolation.handle();
    // The other thread uses it first.
    let before = elsewhere(|| {
        let _entered = handle.enter();
        fail(breaker);
        handle.clock().advance(seconds(7));
        breaker.snapshot().since
    });
    assert_eq!(before.expect("it is isolated"), seconds(7));
    assert_eq!((breaker.state(), breaker.snapshot().since), (State::Open, seconds(7)));
    isolation.advance(seconds(23));
    let due = elsewhere(|| {
        let _entered = handle.enter();
        breaker.is_due()
    });
    assert!(due.expect("it is isolated"));
    drop(isolation);
    assert_eq!((breaker.state(), breaker.metrics().total()), (State::Closed, 0));
}

#[test]
fn a_thread_is_isolated_while_it_holds_its_guard() {
    let breaker = own!("elsewhere: held");
    let isolation = isolate();
    let handle = isolation.handle();
    let (sender, receiver) = mpsc::channel();
    let (asked, asking) = mpsc::channel();
    let worker = thread::spawn(move || {
        let entered = handle.enter();
        fail(breaker);
        sender.send(()).expect("it waits");
        asking.recv().expect("it asks");
        // The test is over, but its double is still there.
        let during = breaker.state();
        drop(entered);
        (during, breaker.state())
    });
    receiver.recv().expect("it fails");
    assert_eq!(breaker.state(), State::Open);
    drop(isolation);
    asked.send(()).expect("it waits");
    assert_eq!(worker.join().expect("it is isolated, then free"), (State::Open, State::Closed));
}

#[test]
fn a_handle_outlives_the_test() {
    let breaker = own!("elsewhere: outlived");
    let handle = {
        let isolation = isolate();
        fail(breaker);
        isolation.handle()
    };
    assert_eq!(breaker.state(), State::Closed);
    let _entered = handle.enter();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn guards_may_be_dropped_in_any_order() {
    let breaker = own!("elsewhere: order");
    let isolation = isolate();
    fail(breaker);
    let first = isolation.handle().enter();
    let inner = isolate();
    assert_eq!(breaker.state(), State::Closed);
    let second = isolation.handle().enter();
    drop(isolation);
    drop(first);
    assert_eq!(breaker.state(), State::Open);
    drop(second);
    assert_eq!(breaker.state(), State::Closed);
    breaker.disable();
    assert_eq!(breaker.state(), State::Disabled);
    drop(inner);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_thread_without_the_handle_panics() {
    let breaker = own!("elsewhere: without");
    let _isolation = isolate();
    fail(breaker);
    let uses: [fn(&CircuitBreaker); 6] = [
        |breaker| fail(breaker),
        |breaker| drop(breaker.call(|| Ok::<_, ()>(()))),
        |breaker| drop(breaker.acquire_owned()),
        |breaker| drop(breaker.snapshot()),
        |breaker| breaker.reset(),
        |breaker| assert_eq!(breaker.state(), State::Closed),
    ];
    for used in uses {
        let expected = "circuit breaker `elsewhere: without` is isolated by thread \
                        `isolation_elsewhere::a_thread_without_the_handle_panics`, and used by a thread without a name, \
                        which is not isolated\n";
        assert_told(elsewhere(|| used(breaker)), expected);
    }
    let named = thread::Builder::new().name("pool-worker-3".to_owned());
    let result = thread::scope(|scope| named.spawn_scoped(scope, || fail(breaker)).expect("a thread").join());
    let panic = result.expect_err("it should panic");
    assert!(message(&*panic).contains("and used by thread `pool-worker-3`"));
    assert_eq!(breaker.metrics().total(), 1, "nothing of this reached it");
}

#[test]
fn annotated_functions_need_the_handle_too() {
    #[circuit_breaker(name = "elsewhere: annotated", trip = failure_streak(1))]
    fn guarded() -> Result<(), fluxgate::Error<()>> {
        Err(fluxgate::Error::Inner(()))
    }
    let isolation = isolate();
    assert!(guarded().is_err());
    assert_told(elsewhere(guarded), "circuit breaker `elsewhere: annotated` is isolated by thread ");
    let handle = isolation.handle();
    let refused = elsewhere(|| {
        let _entered = handle.enter();
        guarded()
    });
    assert!(matches!(refused, Ok(Err(fluxgate::Error::NotPermitted(_)))));
}

/// The test cannot know whose thread it was; perhaps its own.
#[test]
fn an_earlier_use_by_a_thread_without_the_handle_is_reported() {
    let breaker = own!("elsewhere: first");
    let result = elsewhere(|| {
        let _isolation = isolate();
        assert_eq!(elsewhere(|| breaker.state()).expect("not isolated yet"), State::Closed);
        breaker.state()
    });
    assert_told(
        result,
        "circuit breaker `elsewhere: first` is isolated here, but a thread without a name has used the real one meanwhile\n",
    );
}

/// Earlier uses are not this test's fault.
#[test]
fn a_use_before_the_isolation_is_not_reported() {
    let breaker = own!("elsewhere: before");
    let _other = isolate();
    assert_eq!(own!("elsewhere: other").state(), State::Closed);
    assert_eq!(elsewhere(|| breaker.state()).expect("not isolated"), State::Closed);
    let _isolation = isolate();
    fail(breaker);
    assert_eq!(breaker.state(), State::Open);
}

/// Otherwise a test whose own thread uses no breaker would not notice that its tasks use the real ones.
#[test]
fn an_isolation_that_isolated_no_breaker_is_reported() {
    let breaker = own!("elsewhere: in vain");
    let result = elsewhere(|| {
        let isolation = isolate();
        elsewhere(|| fail(breaker)).expect("not isolated");
        drop(isolation);
    });
    assert_told(
        result,
        "no circuit breaker was isolated by `isolate()`, but a thread without a name has used the real `",
    );
}

/// The first fault is the one to report.
#[test]
fn a_test_that_already_fails_gets_no_further_message() {
    let breaker = own!("elsewhere: failing");
    let result = elsewhere(|| {
        let _isolation = isolate();
        elsewhere(|| fail(breaker)).expect("not isolated");
        panic!("{}", "the first fault");
    });
    assert_eq!(message(&*result.expect_err("it panics")), "the first fault");
}

/// Not all tests that run in parallel need to be isolated. The harness names threads after tests.
#[test]
fn another_test_uses_the_real_breaker() {
    let breaker = own!("elsewhere: beside");
    let _isolation = isolate();
    fail(breaker);
    for name in ["works", "payments::tests::works", "main"] {
        let test = thread::Builder::new().name(name.to_owned());
        let state = thread::scope(|scope| {
            test.spawn_scoped(scope, || breaker.state()).expect("a thread").join().expect("it does not panic")
        });
        assert_eq!(state, State::Closed);
    }
}

#[test]
fn a_thread_may_ask_for_the_real_breaker() {
    let breaker = own!("elsewhere: real");
    let _isolation = isolate();
    fail(breaker);
    let state = elsewhere(|| {
        let _unisolated = unisolated();
        breaker.state()
    });
    assert_eq!(state.expect("it asked for it"), State::Closed);
    {
        let _unisolated = unisolated();
        assert_eq!(breaker.state(), State::Closed);
    }
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_wrapped_future_is_isolated_wherever_it_is_polled_and_dropped() {
    struct FailsInTheEnd(&'static CircuitBreaker);
    impl Drop for FailsInTheEnd {
        fn drop(&mut self) {
            fail(self.0);
        }
    }
    let breaker = own!("elsewhere: wrapped");
    let isolation = isolate();
    let handle = isolation.handle();
    let task = handle.wrap(async move {
        let _end = FailsInTheEnd(breaker);
        breaker.acquire().expect("closed").success();
        pending::<()>().await;
    });
    let polled = elsewhere(move || {
        let mut task = pin!(task);
        poll(task.as_mut())
    });
    assert_eq!(polled.expect("isolated, to the end"), Poll::Pending);
    assert_eq!((breaker.metrics().total(), breaker.metrics().failures()), (2, 1));
}

#[test]
fn handles_and_wrapped_futures_may_be_sent_anywhere() {
    fn is_free<T: Send + Sync + Clone + 'static>() {}
    fn is_send<T: Send>(_: &T) {}
    is_free::<IsolationHandle>();
    let isolation: Isolation = isolate();
    // An isolation that isolated no breaker would report the threads of parallel tests.
    assert_eq!(own!("elsewhere: anywhere").state(), State::Closed);
    is_send(&isolation.handle().wrap(async {}));
    assert!(format!("{isolation:?} {:?}", isolation.handle().enter()).contains("Entered"));
}

async fn calls(breaker: &'static CircuitBreaker) -> State {
    tokio::task::yield_now().await;
    fail(breaker);
    tokio::task::yield_now().await;
    breaker.state()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_of_a_runtime_with_many_threads_carry_it() {
    let breaker = own!("elsewhere: tasks");
    let isolation = isolate();
    let handle = isolation.handle();
    let task = tokio::spawn(handle.wrap(calls(breaker)));
    assert_eq!(task.await.expect("it is isolated"), State::Open);
    assert_eq!(breaker.state(), State::Open);
    isolation.advance(seconds(30));
    let blocking = tokio::task::spawn_blocking(move || {
        let _entered = handle.enter();
        breaker.is_due()
    });
    assert!(blocking.await.expect("it is isolated"));
    let task = tokio::spawn(calls(breaker));
    assert_told(
        task.await.map_err(|error| error.into_panic()),
        "circuit breaker `elsewhere: tasks` is isolated by thread ",
    );
}

#[tokio::test]
async fn tasks_of_a_runtime_with_one_thread_need_no_handle() {
    let breaker = own!("elsewhere: one thread");
    let isolation = isolate();
    assert_eq!(tokio::spawn(calls(breaker)).await.expect("it is isolated"), State::Open);
    let local = tokio::task::LocalSet::new();
    let is_due = local.spawn_local(async move {
        isolation.advance(seconds(60));
        breaker.is_due()
    });
    local.await;
    assert!(is_due.await.expect("it is isolated"));
}

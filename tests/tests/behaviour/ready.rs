//! With the feature `tokio`, tasks wait until a call has a chance, and breakers without their own clock follow tokio's paused clock.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, LazyLock};
use std::task::{Context, Waker};
use std::thread;

use fluxgate::{Changes, CircuitBreaker, Outcome, OwnedCall, State, Transition, permit, retry, trip};
use fluxgate_tests::fixture::seconds;
use fluxgate_tests::futures::{Wakes, poll};
use tokio::time::{Instant, advance, timeout};

/// A breaker on tokio's clock, which the tests pause.
fn breaker() -> CircuitBreaker {
    let builder = CircuitBreaker::builder("waited for").trip(trip::failure_streak(2)).permit(permit::all());
    builder.retry(retry::cooldown(seconds(60))).max_half_open_calls(1).build().expect("valid")
}

fn fail(breaker: &CircuitBreaker) {
    for _ in 0..2 {
        breaker.call(|| Err::<(), _>("down")).unwrap_err();
    }
    assert_eq!(breaker.state(), State::Open);
}

/// Whether the breaker is ready immediately.
fn is_ready(breaker: &CircuitBreaker) -> bool {
    poll(pin!(breaker.ready())).is_ready()
}

#[tokio::test(start_paused = true)]
async fn a_breaker_without_a_clock_of_its_own_follows_the_paused_clock() {
    let breaker = breaker();
    fail(&breaker);
    assert_eq!(breaker.snapshot().retry_after, Some(seconds(60)));
    advance(seconds(59)).await;
    assert!(!breaker.is_due());
    advance(seconds(1)).await;
    assert!(breaker.is_due());
    let limited = breaker.call_async(pending::<Result<(), std::io::Error>>()).timeout(seconds(3));
    limited.await.unwrap_err();
    assert_eq!((breaker.state(), breaker.snapshot().since), (State::HalfOpen, seconds(3)));
}

#[tokio::test(start_paused = true)]
async fn it_is_ready_when_the_pause_is_over_and_not_before() {
    let breaker = breaker();
    assert!(is_ready(&breaker));
    assert_eq!(breaker.ready_at(), Some(Instant::now()));
    fail(&breaker);
    assert!(!is_ready(&breaker));
    let begun = Instant::now();
    assert_eq!(breaker.ready_at(), Some(begun + seconds(60)));
    breaker.ready().await;
    assert_eq!((begun.elapsed(), breaker.state()), (seconds(60), State::Open));
    breaker.call(|| Ok::<_, ()>(())).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_command_wakes_waiting_tasks() {
    type Command = fn(&CircuitBreaker);
    let commands: [(&str, Command); 5] = [
        ("reset", CircuitBreaker::reset),
        ("disable", CircuitBreaker::disable),
        ("metrics only", CircuitBreaker::metrics_only),
        ("half open", CircuitBreaker::half_open),
        ("a shorter pause", |breaker| breaker.open_for(seconds(0))),
    ];
    for (name, command) in commands {
        let breaker = breaker();
        fail(&breaker);
        let begun = Instant::now();
        let waiting = tokio::spawn({
            let breaker = breaker.clone();
            async move { breaker.ready().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        command(&breaker);
        waiting.await.unwrap();
        assert_eq!(begun.elapsed(), seconds(0), "{name}");
    }
}

/// Runs `open` on a thread of its own, which gets stuck in user code that `stuck` awaits, until `meanwhile` has returned.
fn while_stuck(open: impl FnOnce() + Send, stuck: &Barrier, meanwhile: impl FnOnce()) {
    thread::scope(|scope| {
        scope.spawn(open);
        stuck.wait();
        meanwhile();
        stuck.wait();
    });
}

/// Whether the next change wakes a task that waits for this breaker.
fn is_woken_by(breaker: &CircuitBreaker, change: impl FnOnce()) -> bool {
    let woken = Arc::new(Wakes::default());
    let waker = Waker::from(woken.clone());
    let mut ready = pin!(breaker.ready());
    assert!(ready.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    let before = woken.count();
    change();
    woken.count() > before
}

/// Regression: listeners woke them, so behind one that did not return, or a `custom` retry, they waited forever.
#[tokio::test(start_paused = true)]
async fn a_command_wakes_waiting_tasks_while_user_code_is_stuck() {
    static STUCK: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));

    type Command = fn(&CircuitBreaker);
    let commands: [(&str, Command); 6] = [
        ("reset", CircuitBreaker::reset),
        ("disable", CircuitBreaker::disable),
        ("metrics only", CircuitBreaker::metrics_only),
        ("half open", CircuitBreaker::half_open),
        ("a pause", |breaker| breaker.open_for(seconds(0))),
        ("another retry", |breaker| {
            breaker.reconfigure(&Changes::new().retry(retry::always())).expect("valid");
        }),
    ];
    for (name, command) in commands {
        let stuck = Arc::new(Barrier::new(2));
        let once = |stuck: Arc<Barrier>| {
            let is_first = AtomicBool::new(true);
            move || {
                if is_first.swap(false, Ordering::Relaxed) {
                    stuck.wait();
                    stuck.wait();
                }
            }
        };
        let wait = once(stuck.clone());
        let listening = breaker();
        listening.reconfigure(&Changes::new().retry(retry::never())).expect("valid");
        listening.listen(move |_: &Transition| wait());
        while_stuck(
            || listening.trip(),
            &stuck,
            || {
                assert!(is_woken_by(&listening, || command(&listening)), "{name}: a listener");
            },
        );
    }
    let asking = breaker();
    let custom = retry::custom(|_| {
        STUCK.wait();
        STUCK.wait();
        seconds(60)
    });
    asking.reconfigure(&Changes::new().retry(custom)).expect("valid");
    for (name, command) in &commands[..5] {
        while_stuck(
            || asking.trip(),
            &STUCK,
            || {
                assert!(is_woken_by(&asking, || command(&asking)), "{name}: a retry");
            },
        );
        asking.reset();
    }
}

/// Regression: only the end of a call woke them, and otherwise time, up to fifteen seconds later.
#[tokio::test(start_paused = true)]
async fn an_outcome_without_a_call_wakes_tasks_that_wait_for_the_trial() {
    let breaker = breaker();
    breaker.half_open();
    let probe = breaker.acquire().expect("a slot");
    assert!(is_woken_by(&breaker, || breaker.record(Outcome::Success, seconds(0))));
    drop(probe);
}

#[tokio::test(start_paused = true)]
async fn a_task_waits_for_the_end_of_an_extended_pause() {
    let breaker = breaker();
    fail(&breaker);
    let begun = Instant::now();
    let mut ready = pin!(breaker.ready());
    assert!(poll(ready.as_mut()).is_pending());
    breaker.open_for(seconds(90));
    ready.await;
    assert_eq!(begun.elapsed(), seconds(90));
}

#[tokio::test(start_paused = true)]
async fn while_forced_open_only_a_command_ends_the_wait() {
    let breaker = breaker();
    breaker.force_open();
    assert_eq!(breaker.ready_at(), None);
    let waiting = tokio::spawn({
        let breaker = breaker.clone();
        async move { breaker.ready().await }
    });
    advance(seconds(100_000)).await;
    assert!(!waiting.is_finished());
    breaker.trip();
    let tripped = Instant::now();
    waiting.await.unwrap();
    assert_eq!(tripped.elapsed(), seconds(60));
}

#[tokio::test(start_paused = true)]
async fn a_task_waits_for_a_slot_however_the_call_ends() {
    type End = fn(OwnedCall);
    let ends: [(&str, End); 3] =
        [("ignored", OwnedCall::ignore), ("dropped", drop), ("success", OwnedCall::success)];
    let breaker = breaker();
    breaker.half_open();
    assert!(is_ready(&breaker));
    let begun = Instant::now();
    for (name, end) in ends {
        let probe = breaker.acquire_owned().unwrap();
        assert!(!is_ready(&breaker));
        let mut ready = pin!(breaker.ready());
        assert!(poll(ready.as_mut()).is_pending());
        end(probe);
        ready.await;
        assert_eq!(begun.elapsed(), seconds(0), "{name}");
    }
    breaker.call(|| Ok::<_, ()>(())).unwrap();
    assert_eq!(breaker.state(), State::Closed);
}

/// It needs no slot, and would wait for the call that it is part of.
#[tokio::test(start_paused = true)]
async fn a_call_within_a_probe_is_ready() {
    let breaker = breaker();
    breaker.half_open();
    let within = || {
        assert!(is_ready(&breaker) && breaker.ready_at() == Some(Instant::now()));
        breaker.call(|| Ok::<_, ()>(()))
    };
    breaker.call(within).unwrap();
    breaker.half_open();
    breaker.call_async(async { within() }).await.unwrap();
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn all_waiting_tasks_are_woken() {
    let breaker = breaker();
    breaker.force_open();
    let waiting: Vec<_> = (0..100)
        .map(|_| {
            let breaker = breaker.clone();
            tokio::spawn(async move { breaker.ready().await })
        })
        .collect();
    tokio::task::yield_now().await;
    breaker.reset();
    for task in waiting {
        timeout(seconds(1), task).await.expect("it is woken").unwrap();
    }
}

/// Regression: tasks that began to wait while a `custom` retry was being asked, for a breaker without a listener, waited forever.
#[tokio::test(start_paused = true)]
async fn tasks_that_come_while_the_retry_is_asked_wait_for_its_answer() {
    type Waiting = Pin<Box<dyn Future<Output = ()>>>;
    thread_local! {
        static WAITING: RefCell<Option<Waiting>> = const { RefCell::new(None) };
    }
    static ASKED: LazyLock<CircuitBreaker> = LazyLock::new(|| {
        let builder = CircuitBreaker::builder("asked").trip(trip::failure_streak(2));
        let retry = retry::custom(|_| {
            let mut waiting: Waiting = Box::pin(ASKED.ready());
            assert!(waiting.as_mut().poll(&mut Context::from_waker(&WOKEN)).is_pending());
            WAITING.set(Some(waiting));
            seconds(60)
        });
        builder.retry(retry).build().expect("valid")
    });
    static NOTING: LazyLock<Arc<Wakes>> = LazyLock::new(Arc::default);
    static WOKEN: LazyLock<Waker> = LazyLock::new(|| NOTING.clone().into());

    fail(&ASKED);
    assert!(NOTING.count() > 0);
    let begun = Instant::now();
    WAITING.take().expect("it was asked").await;
    assert_eq!(begun.elapsed(), seconds(60));
}

/// Regression: the destructor of a thread-local value cannot ask for tokio's time any more if the thread has used tokio. A call that
/// ended there aborted the process.
#[tokio::test(start_paused = true)]
async fn a_call_may_end_in_a_destructor_of_a_thread_that_has_used_tokio() {
    thread_local! {
        static UNFINISHED: RefCell<Option<OwnedCall>> = const { RefCell::new(None) };
    }
    let breaker = breaker();
    breaker.half_open();
    let call = breaker.acquire_owned().expect("a probe");
    let end = move || {
        UNFINISHED.set(Some(call));
        // What a thread creates later is destroyed earlier.
        tokio::runtime::Handle::try_current().expect_err("it has no runtime");
    };
    thread::spawn(end).join().expect("it ends");
    breaker.acquire().expect("the slot is free").ignore();
}

//! Futures guarded by hand: `select!`, spawned tasks, panics, several threads.

use std::cell::Cell;
use std::future::{Future, IntoFuture, pending};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use fluxgate::{CircuitBreaker, Error, State, permit, trip, window};
use fluxgate_tests::fixture::Fixture;
use fluxgate_tests::futures::size_around;
use tokio::sync::{Notify, Semaphore};

#[tokio::test]
async fn the_result_is_returned() {
    let fixture = Fixture::new(|builder| builder);
    let value = fixture.breaker.call_async(async { Ok::<_, &str>(42) }).await;
    assert!(matches!(value, Ok(42)));
    let error = fixture.breaker.call_async(async { Err::<(), _>("broken") }).await;
    assert!(matches!(error, Err(Error::Inner("broken"))));
    assert_eq!(fixture.counts(), (2, 1));
}

/// A request like a database client's: it is built step by step, and becomes a future when it is awaited.
#[derive(Default)]
struct Request {
    sent: Rc<Cell<u32>>,
    is_lost: bool,
}

impl Request {
    fn lost(mut self) -> Self {
        self.is_lost = true;
        self
    }
}

impl IntoFuture for Request {
    type Output = Result<u32, &'static str>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            self.sent.set(self.sent.get() + 1);
            if self.is_lost { Err("lost") } else { Ok(self.sent.get()) }
        })
    }
}

#[tokio::test]
async fn what_becomes_a_future_can_be_called() {
    let fixture = Fixture::new(|builder| builder);
    let sent = Rc::new(Cell::new(0));
    let request = || Request { sent: sent.clone(), ..Request::default() };
    assert_eq!(fixture.breaker.call_async(request()).await, Ok(1));
    assert_eq!(fixture.breaker.call_async(request().lost()).await, Err(Error::Inner("lost")));
    assert_eq!(fixture.counts(), (2, 1));
    fixture.breaker.force_open();
    assert!(matches!(fixture.breaker.call_async(request()).await, Err(Error::NotPermitted(_))));
    assert_eq!(sent.get(), 2, "a refused request is not sent");
}

#[tokio::test]
async fn trips_and_refuses() {
    let fixture = Fixture::new(|builder| builder);
    for _ in 0..10 {
        let _ = fixture.breaker.call_async(async { Err::<(), _>("broken") }).await;
    }
    let refused = fixture.breaker.call_async(async { Ok::<_, &str>(()) }).await;
    assert!(matches!(refused, Err(Error::NotPermitted(_))));
}

#[tokio::test]
async fn the_loser_of_a_select_is_neutral() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    for _ in 0..30 {
        tokio::select! {
            biased;
            _ = fixture.breaker.call_async(pending::<Result<(), ()>>()) => unreachable!("it never ends"),
            () = std::future::ready(()) => {}
        }
    }
    assert_eq!(fixture.counts(), (0, 0));
    fixture.trip();
    fixture.wait();
    for _ in 0..5 {
        tokio::select! {
            biased;
            _ = fixture.breaker.call_async(pending::<Result<(), ()>>()) => unreachable!("it never ends"),
            () = std::future::ready(()) => {}
        }
        assert_eq!(fixture.state(), State::HalfOpen);
    }
    assert!(fixture.breaker.call_async(async { Ok::<_, ()>(()) }).await.is_ok(), "the slot came back");
}

#[tokio::test]
async fn an_aborted_task_is_neutral() {
    let fixture = Fixture::new(|builder| builder);
    let breaker = Arc::new(fixture.breaker);
    let started = Arc::new(Notify::new());
    let task = tokio::spawn({
        let (breaker, started) = (breaker.clone(), started.clone());
        async move {
            let body = async {
                started.notify_one();
                pending::<Result<(), ()>>().await
            };
            breaker.call_async(body).await
        }
    });
    started.notified().await;
    task.abort();
    assert!(task.await.expect_err("aborted").is_cancelled());
    assert_eq!(breaker.metrics().total(), 0);
}

#[tokio::test]
async fn a_panic_in_a_spawned_task_is_a_failure() {
    fn panics() -> Result<(), ()> {
        std::panic::resume_unwind(Box::new("the task panicked"))
    }
    let fixture = Fixture::with_rule(trip::failure_streak(2));
    let breaker = Arc::new(fixture.breaker);
    for _ in 0..2 {
        let task = tokio::spawn({
            let breaker = breaker.clone();
            async move {
                let body = async {
                    tokio::task::yield_now().await;
                    panics()
                };
                breaker.call_async(body).await
            }
        });
        assert!(task.await.expect_err("it panicked").is_panic());
    }
    assert_eq!(breaker.state(), State::Open);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_on_many_threads_lose_nothing() {
    let rule = trip::failure_streak(1_000_000);
    let fixture = Fixture::new(|builder| builder.window(window::count(100_000)).trip(rule));
    let breaker = Arc::new(fixture.breaker);
    let tasks: Vec<_> = (0..200)
        .map(|nth| {
            let breaker = breaker.clone();
            tokio::spawn(async move {
                for call in 0..50 {
                    let body = async {
                        tokio::task::yield_now().await;
                        if (nth + call) % 5 == 0 { Err(()) } else { Ok(()) }
                    };
                    let _ = breaker.call_async(body).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    assert_eq!((breaker.metrics().total(), breaker.metrics().failures()), (10_000, 2_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn probes_keep_to_their_slots() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(2).permit(permit::all()));
    fixture.trip();
    fixture.wait();
    let breaker = Arc::new(fixture.breaker);
    let release = Arc::new(Semaphore::new(0));
    let probes: Vec<_> = (0..2)
        .map(|_| {
            let (breaker, release) = (breaker.clone(), release.clone());
            let entered = Arc::new(Notify::new());
            let task = tokio::spawn({
                let entered = entered.clone();
                async move {
                    let body = async {
                        entered.notify_one();
                        let _permit = release.acquire().await.expect("it stays open");
                        Ok::<_, ()>(())
                    };
                    breaker.call_async(body).await
                }
            });
            (task, entered)
        })
        .collect();
    for (_, entered) in &probes {
        entered.notified().await;
    }
    assert!(matches!(breaker.call_async(async { Ok::<_, ()>(()) }).await, Err(Error::NotPermitted(_))));
    release.add_permits(2);
    for (task, _) in probes {
        assert!(task.await.expect("no panic").is_ok());
    }
    assert_eq!(breaker.metrics().total(), 2);
}

#[test]
fn futures_that_are_send_stay_send() {
    fn send<T: Send>(_: T) {}
    fn send_static<T: Send + 'static>(_: T) {}
    let fixture = Fixture::new(|builder| builder);
    send(fixture.breaker.call_async(async { Ok::<_, std::io::Error>(1) }));
    let breaker: &'static CircuitBreaker = Box::leak(Box::new(fixture.breaker));
    send_static(breaker.call_async(async { Ok::<_, std::io::Error>(1) }));
}

#[test]
fn guarded_futures_are_only_a_little_larger() {
    let fixture = Fixture::new(|builder| builder);
    let body = || async {
        let room = [1_u8; 500];
        tokio::task::yield_now().await;
        Ok::<_, ()>(room[0])
    };
    let (bare, guarded) = (size_of_val(&body()), size_of_val(&fixture.breaker.call_async(body())));
    // The one pointer is to the breaker.
    assert_eq!(guarded, size_around(bare, 1), "{guarded} bytes around {bare}");
}

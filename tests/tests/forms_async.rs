//! Every form of `async fn` and of functions that return futures.

use std::cell::Cell;
use std::future::{Future, ready};
use std::pin::{Pin, pin};

use async_trait::async_trait;
use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, CircuitBreaker, Error, State, breaker, circuit_breaker};
use fluxgate_tests::failure::Failure;
use fluxgate_tests::futures::{pause, poll, run};

fn assert_send<T: Send>(value: T) -> T {
    value
}

#[circuit_breaker(trip = failure_streak(2), handle = DIVIDE)]
async fn divide(up: u32, down: u32) -> Result<u32, Failure> {
    pause().await;
    if down == 0 {
        return Err(Failure::Down);
    }
    pause().await;
    Ok(up / down)
}

#[test]
fn an_async_fn_is_refused_once_its_breaker_is_open() {
    let _clock = isolate();
    assert_eq!(run(assert_send(divide(6, 2))), Ok(3));
    assert_eq!(run(divide(6, 0)), Err(Failure::Down));
    assert_eq!(run(divide(6, 0)), Err(Failure::Down));
    assert!(matches!(run(divide(6, 2)), Err(Failure::NotPermitted(_))));
    assert_eq!(DIVIDE.state(), State::Open);
}

#[test]
fn a_future_that_was_never_polled_is_no_call() {
    let _clock = isolate();
    DIVIDE.force_open();
    let _never_polled = divide(6, 2);
    assert_eq!(DIVIDE.snapshot().rejected, 0);
    assert!(run(divide(6, 2)).is_err());
    assert_eq!(DIVIDE.snapshot().rejected, 1);
}

#[circuit_breaker(trip = failure_streak(1), on_cancel = failure, handle = HANGS)]
async fn hangs() -> Result<(), Failure> {
    std::future::pending().await
}

#[circuit_breaker(trip = failure_streak(1), handle = HANGS_QUIETLY)]
async fn hangs_quietly() -> Result<(), Failure> {
    std::future::pending().await
}

#[test]
fn a_future_dropped_unfinished_is_a_cancelled_call() {
    let _clock = isolate();
    drop(hangs());
    assert_eq!(HANGS.metrics().total(), 0);
    {
        let mut future = pin!(hangs());
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(HANGS.state(), State::Closed);
    }
    assert_eq!(HANGS.state(), State::Open);
    {
        let mut future = pin!(hangs_quietly());
        assert!(poll(future.as_mut()).is_pending());
    }
    assert_eq!((HANGS_QUIETLY.state(), HANGS_QUIETLY.metrics().total()), (State::Closed, 0));
}

#[tokio::test]
async fn a_branch_dropped_by_select_is_a_cancelled_call() {
    let _clock = isolate();
    tokio::select! {
        biased;
        _ = hangs() => panic!("it hangs"),
        () = ready(()) => {}
    }
    assert_eq!(HANGS.state(), State::Open);
}

#[test]
fn a_future_dropped_by_an_unrelated_panic_is_a_cancelled_call() {
    let _clock = isolate();
    std::panic::catch_unwind(|| {
        let mut future = Box::pin(hangs_quietly());
        assert!(poll(future.as_mut()).is_pending());
        panic!("elsewhere");
    })
    .unwrap_err();
    assert_eq!((HANGS_QUIETLY.state(), HANGS_QUIETLY.metrics().total()), (State::Closed, 0));
}

#[circuit_breaker(trip = failure_streak(1), handle = PANICS)]
async fn panics() -> Result<(), Failure> {
    pause().await;
    panic!("all is lost")
}

#[test]
fn a_panic_is_a_failure_at_once() {
    let _clock = isolate();
    let mut future = Box::pin(panics());
    assert!(poll(future.as_mut()).is_pending());
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| poll(future.as_mut()))).unwrap_err();
    // The future is still alive; a thread that is not panicking may drop it much later.
    assert_eq!(PANICS.state(), State::Open);
    drop(future);
    assert_eq!(PANICS.snapshot().late, 0);
}

static SPAWNED: CircuitBreaker = breaker!(name = "spawned", trip = failure_streak(1));

#[circuit_breaker(breaker = SPAWNED)]
async fn panics_in_a_task() -> Result<(), Failure> {
    tokio::task::yield_now().await;
    panic!("all is lost")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_in_a_spawned_task_is_a_failure() {
    let error = tokio::spawn(panics_in_a_task()).await.unwrap_err();
    assert!(error.is_panic());
    assert_eq!(SPAWNED.state(), State::Open);
}

static MANY: CircuitBreaker = breaker!(name = "many", window = count(1000), trip = failures(1000));

#[circuit_breaker(breaker = MANY)]
async fn fails_sometimes(number: u32) -> Result<u32, Failure> {
    tokio::task::yield_now().await;
    if number.is_multiple_of(4) { Err(Failure::Down) } else { Ok(number) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_on_many_threads_lose_no_call() {
    let tasks: Vec<_> = (0..800).map(|number| tokio::spawn(fails_sometimes(number))).collect();
    for task in tasks {
        let _ = task.await.unwrap();
    }
    assert_eq!((MANY.metrics().total(), MANY.metrics().failures()), (800, 200));
}

struct Client {
    base: String,
    breaker: CircuitBreaker,
}

impl Client {
    fn new() -> Self {
        Self { base: "base".to_owned(), breaker: breaker!(trip = failure_streak(1)) }
    }

    #[circuit_breaker(breaker = self.breaker)]
    async fn get(&self, path: &str) -> Result<String, Failure> {
        pause().await;
        if path.is_empty() { Err(Failure::Down) } else { Ok(format!("{}/{path}", self.base)) }
    }

    #[circuit_breaker(breaker = self.breaker)]
    async fn rename(&mut self, base: &str) -> Result<&mut Self, Failure> {
        pause().await;
        base.clone_into(&mut self.base);
        if base.is_empty() { Err(Failure::Down) } else { Ok(self) }
    }

    #[circuit_breaker(breaker = self.breaker)]
    async fn close(self) -> Result<usize, Failure> {
        pause().await;
        Ok(self.base.len())
    }

    #[circuit_breaker(breaker = self.breaker)]
    fn future(&self, fails: bool) -> impl Future<Output = Result<usize, Failure>> + Send {
        let length = self.base.len();
        async move {
            pause().await;
            if fails { Err(Failure::Down) } else { Ok(length) }
        }
    }

    #[circuit_breaker(breaker = self.breaker)]
    fn boxed(&self, fails: bool) -> Pin<Box<dyn Future<Output = Result<usize, Failure>> + Send>> {
        let length = self.base.len();
        Box::pin(async move { if fails { Err(Failure::Down) } else { Ok(length) } })
    }
}

#[test]
fn a_breaker_may_be_a_field() {
    let _clock = isolate();
    let client = Client::new();
    assert_eq!(run(assert_send(client.get("path"))), Ok("base/path".to_owned()));
    assert_eq!(run(client.get("")), Err(Failure::Down));
    assert!(matches!(run(client.get("path")), Err(Failure::NotPermitted(_))));

    let mut client = Client::new();
    assert!(run(assert_send(client.rename("other"))).is_ok());
    assert_eq!(run(client.rename("")).err(), Some(Failure::Down));
    assert!(matches!(run(client.rename("third")).err(), Some(Failure::NotPermitted(_))));
    assert_eq!(client.breaker.state(), State::Open);

    assert_eq!(run(Client::new().close()), Ok(4));

    let client = Client::new();
    assert_eq!(run(assert_send(client.future(true))), Err(Failure::Down));
    assert!(matches!(run(client.future(false)), Err(Failure::NotPermitted(_))));

    let client = Client::new();
    assert_eq!(run(assert_send(client.boxed(true))), Err(Failure::Down));
    let detached = client.boxed(false);
    assert!(matches!(run(client.boxed(false)), Err(Failure::NotPermitted(_))));
    drop(client);
    assert!(matches!(run(detached), Err(Failure::NotPermitted(_))));
}

thread_local! {
    static STARTED: Cell<u32> = const { Cell::new(0) };
}

#[circuit_breaker(trip = failure_streak(1))]
fn opaque(number: u32) -> impl Future<Output = Result<u32, Failure>> + Send + Unpin {
    STARTED.set(STARTED.get() + 1);
    if number == 0 {
        return ready(Err(Failure::Down));
    }
    ready(Ok(number))
}

#[circuit_breaker(trip = failure_streak(1))]
fn borrowing(text: &str) -> impl Future<Output = Result<&str, Failure>> {
    async move {
        pause().await;
        if text.is_empty() { Err(Failure::Down) } else { Ok(text) }
    }
}

#[test]
fn a_function_that_returns_a_future_is_guarded() {
    let _clock = isolate();
    assert_eq!(run(opaque(1)), Ok(1));
    // What it does before it returns a future still happens at once.
    let before = STARTED.get();
    let future = opaque(0);
    assert_eq!(STARTED.get(), before + 1);
    assert_eq!(run(future), Err(Failure::Down));
    assert!(matches!(run(opaque(1)), Err(Failure::NotPermitted(_))));

    let text = "text".to_owned();
    assert_eq!(run(borrowing(&text)), Ok("text"));
    assert_eq!(run(borrowing("")), Err(Failure::Down));
    assert!(matches!(run(borrowing(&text)), Err(Failure::NotPermitted(_))));
}

#[circuit_breaker(trip = failure_streak(1))]
fn boxed(number: u32) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    if number == 0 {
        return Box::pin(async { Err(Failure::Down) });
    }
    let double = number * 2;
    Box::pin(async move {
        pause().await;
        Ok(double)
    })
}

#[test]
fn a_boxed_future_stays_guarded_where_it_returns_early() {
    let _clock = isolate();
    assert_eq!(run(boxed(2)), Ok(4));
    assert_eq!(run(boxed(0)), Err(Failure::Down));
    assert!(matches!(run(boxed(2)), Err(Failure::NotPermitted(_))));
}

#[async_trait]
trait Source {
    async fn fetch(&self, number: u32) -> Result<u32, Failure>;

    #[circuit_breaker(trip = failure_streak(1))]
    async fn fetch_twice(&self, number: u32) -> Result<u32, Failure> {
        Ok(self.fetch(number).await? + self.fetch(number).await?)
    }
}

struct Network {
    offset: u32,
}

#[async_trait]
impl Source for Network {
    #[circuit_breaker(trip = failure_streak(1), fallback = async |error| {
        pause().await;
        match error {
            Failure::Down => Err(error),
            Failure::NotPermitted(_) => Ok(self.offset),
        }
    })]
    async fn fetch(&self, number: u32) -> Result<u32, Failure> {
        if number == 0 {
            return Err(Failure::Down);
        }
        pause().await;
        Ok(self.offset + number)
    }
}

#[test]
fn methods_under_async_trait_are_guarded() {
    let _clock = isolate();
    let network = Network { offset: 10 };
    assert_eq!(run(assert_send(network.fetch(1))), Ok(11));
    assert_eq!(run(network.fetch_twice(1)), Ok(22));
    assert_eq!(run(network.fetch_twice(0)), Err(Failure::Down));
    assert_eq!(run(network.fetch(1)), Ok(10), "the fallback");
    assert!(matches!(run(network.fetch_twice(1)), Err(Failure::NotPermitted(_))));
}

trait Native {
    fn load(&self, number: u32) -> impl Future<Output = Result<u32, Failure>> + Send;
}

impl Native for Network {
    #[circuit_breaker(trip = failure_streak(1))]
    async fn load(&self, number: u32) -> Result<u32, Failure> {
        if number == 0 { Err(Failure::Down) } else { Ok(number) }
    }
}

#[test]
fn methods_of_native_async_traits_are_guarded() {
    let _clock = isolate();
    let network = Network { offset: 10 };
    assert_eq!(run(assert_send(network.load(1))), Ok(1));
    assert_eq!(run(network.load(0)), Err(Failure::Down));
    assert!(matches!(run(network.load(1)), Err(Failure::NotPermitted(_))));
}

#[circuit_breaker(trip = failure_streak(1))]
async fn coerced(
    fails: bool,
) -> Result<Box<dyn std::fmt::Display + Send>, Box<dyn std::error::Error + Send + Sync>> {
    if fails {
        "x".parse::<u32>()?;
    }
    pause().await;
    Ok(Box::new(7))
}

#[circuit_breaker(trip = failure_streak(1))]
async fn generic<T: Clone + Send, E: From<CallNotPermitted>>(value: &T, error: Option<E>) -> Result<T, E> {
    pause().await;
    match error {
        Some(error) => Err(error),
        None => Ok(value.clone()),
    }
}

#[circuit_breaker(trip = failure_streak(1))]
async fn opaque_within(up_to: u32) -> Result<impl Iterator<Item = u32>, Failure> {
    if up_to == 0 { Err(Failure::Down) } else { Ok(0..up_to) }
}

#[test]
fn returned_values_are_coerced() {
    let _clock = isolate();
    assert_eq!(run(assert_send(coerced(false))).unwrap().to_string(), "7");
    assert!(run(coerced(true)).err().unwrap().is::<std::num::ParseIntError>());
    assert!(run(coerced(false)).err().unwrap().is::<CallNotPermitted>());
    assert_eq!(run(assert_send(generic::<_, Failure>(&7, None))), Ok(7));
    assert_eq!(run(generic(&"text", Some(Failure::Down))), Err(Failure::Down));
    assert!(matches!(run(generic::<_, Failure>(&7, None)), Err(Failure::NotPermitted(_))));
    assert_eq!(run(opaque_within(2)).unwrap().count(), 2);
    assert_eq!(run(opaque_within(0)).err(), Some(Failure::Down));
}

async fn bare(text: &str, mut number: u64) -> Result<usize, Failure> {
    let bytes = [1_u8; 100];
    pause().await;
    number += u64::from(bytes[3]);
    pause().await;
    Ok(text.len() + number as usize)
}

#[circuit_breaker]
async fn guarded(text: &str, mut number: u64) -> Result<usize, Failure> {
    let bytes = [1_u8; 100];
    pause().await;
    number += u64::from(bytes[3]);
    pause().await;
    Ok(text.len() + number as usize)
}

#[allow(clippy::manual_async_fn, reason = "to compare it with the guarded one")]
fn bare_opaque(number: u64) -> impl Future<Output = Result<u64, Failure>> {
    async move {
        pause().await;
        Ok(number)
    }
}

#[circuit_breaker]
fn guarded_opaque(number: u64) -> impl Future<Output = Result<u64, Failure>> {
    async move {
        pause().await;
        Ok(number)
    }
}

#[test]
fn a_guarded_future_is_at_most_three_words_larger() {
    // In tests, one more for the breaker's double, and with drills one for their delay.
    const WORDS: usize = if cfg!(feature = "chaos") { 5 } else { 4 };
    let _clock = isolate();
    let (size, bare_size) = (size_of_val(&guarded("", 1)), size_of_val(&bare("", 1)));
    assert!(size <= bare_size.next_multiple_of(8) + 8 * WORDS, "{size} beside {bare_size}");
    let (size, bare_size) = (size_of_val(&guarded_opaque(1)), size_of_val(&bare_opaque(1)));
    assert!(size <= bare_size.next_multiple_of(8) + 8 * WORDS, "{size} beside {bare_size}");
    assert_eq!(run(guarded("ab", 1)), run(bare("ab", 1)));
    assert_eq!(run(guarded_opaque(1)), run(bare_opaque(1)));
}

#[test]
fn call_async_guards_a_future() {
    let _clock = isolate();
    let breaker = breaker!(trip = failure_streak(1), on_cancel = failure);
    drop(breaker.call_async(async { Ok::<_, Failure>(1) }));
    assert_eq!(run(assert_send(breaker.call_async(async { Ok::<_, Failure>(1) }))), Ok(1));
    assert_eq!(run(breaker.call_async(async { Err::<(), _>("down") })), Err(Error::Inner("down")));
    let refused = run(breaker.call_async(async { Ok::<_, Failure>(1) }));
    assert!(matches!(refused, Err(Error::NotPermitted(_))));
    breaker.reset();
    {
        let mut future = pin!(breaker.call_async(std::future::pending::<Result<(), Failure>>()));
        assert!(poll(future.as_mut()).is_pending());
    }
    assert_eq!(breaker.state(), State::Open);
}
